import { parquetWriteBuffer } from 'hyparquet-writer'

export type Cell = string | number | boolean | null
/** A column of a table of figures; `whole` numbers are written on 32 bits. */
export type ColumnType = 'string' | 'whole' | 'number' | 'boolean'

const TYPES = { string: 'STRING', whole: 'INT32', number: 'DOUBLE', boolean: 'BOOLEAN' } as const

/** Rows as Apache Parquet: the same rows give the same bytes. `about` is kept in the file, as words for who opens it. */
export function parquetOf(
  columns: readonly { name: string; type: ColumnType }[],
  lines: readonly Record<string, Cell>[],
  about: Record<string, string>,
): Buffer {
  const columnData = columns.map(({ name, type }) => ({
    name,
    type: TYPES[type],
    nullable: true,
    data: lines.map((line) => line[name] ?? null),
  }))
  const kvMetadata = Object.entries(about).map(([key, value]) => ({ key, value }))
  return Buffer.from(parquetWriteBuffer({ columnData, kvMetadata, createdBy: 'Insigne' }))
}
