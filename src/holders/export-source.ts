import type { Db } from '../db.ts'
import type { Vault } from '../vault.ts'

/** A line of what is held about someone, as it is shown to them. */
export type Line = Record<string, unknown>
/** About whom: every row of a person, and all their addresses. */
type Asked = { db: Db; vault: Vault; ids: string[]; emails: string[] }
/** Where a part of the export comes from: the tables that it reads, and how. */
export type Source = { title: string; tables: string[]; read(asked: Asked): Promise<Line[]> }
