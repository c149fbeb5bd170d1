import { editionFiles } from './edition-files.ts'
import type { EditionFile, Made } from './edition-head.ts'

/** The files of an edition, in a worker thread: hundreds of thousands of lines hold their thread until they are written. */
export default (made: Made): EditionFile[] => editionFiles(made)
