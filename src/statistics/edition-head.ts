import type { Labels, PublishedFigure } from './figure-lines.ts'

/** What an edition is, and who signs it. */
export type EditionHead = {
  edition: string
  fromMonth: string
  toMonth: string
  threshold: number
  publishedAt: Date
  signer: { name: string; did: string }
}

/** Who publishes, and where. */
export type Site = { baseUrl: string; publisher: string }

/** What is known of a file. */
export type FileInfo = { name: string; title: string; mediaType: string; bytes: number; sha256: string }
export type EditionFile = FileInfo & { content: Buffer }

/** What the files of an edition are made from; `wordings`: a sentence for each text that is somebody else's. */
export type Made = {
  head: EditionHead
  figures: readonly PublishedFigure[]
  labels: Labels
  wordings: readonly string[]
  site: Site
}

/** Where a file of an edition is. */
export const fileUrl = (baseUrl: string, edition: string, name: string): string =>
  `${baseUrl}/api/v1/statistics/editions/${edition}/files/${name}`
