import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Static, TSchema } from 'typebox'
import { Value } from 'typebox/value'
import { parse } from 'yaml'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Reads one YAML file of the project and checks it; a wrong file stops the start and says which field of it. */
export function readContent<T extends TSchema>(schema: T, file: string): Static<T> {
  const value: unknown = parse(readFileSync(join(root, file), 'utf8'))
  if (Value.Check(schema, value)) return value
  const [first] = Value.Errors(schema, value)
  throw new Error(`${file}${first ? ` ${first.instancePath} : ${first.message}` : ''}`)
}

/** Reads every YAML file of a folder, in the order of their names. */
export function readContentFolder<T extends TSchema>(schema: T, folder: string, except = ''): Static<T>[] {
  return readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.yaml') && name !== except)
    .toSorted()
    .map((name) => readContent(schema, join(folder, name)))
}
