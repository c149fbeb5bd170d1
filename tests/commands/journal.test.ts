import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { sql } from 'drizzle-orm'
import { afterAll, expect, test } from 'vitest'
import { connect, type Db } from '../../src/db.ts'
import { record } from '../../src/journal/journal.ts'
import { sealJournal } from '../../src/journal/seals.ts'
import { createVault } from '../../src/vault.ts'
import { inherited } from '../support/processes.ts'

const dataDir = mkdtempSync(join(tmpdir(), 'insigne-journal-'))
const masterKey = randomBytes(32)
afterAll(() => rmSync(dataDir, { recursive: true, force: true }))

const file = fileURLToPath(new URL('../../src/journal.ts', import.meta.url))
const env = { ...inherited(), DATA_DIR: dataDir, MASTER_KEY: masterKey.toString('base64url') }
const journal = (...args: string[]) =>
  new Promise<{ code: number; out: string }>((resolve) => {
    execFile(process.execPath, [file, ...args], { env }, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), out: stdout + stderr }),
    )
  })

async function withDatabase(use: (db: Db) => Promise<unknown>): Promise<void> {
  const { db, close } = await connect({ databaseUrl: null, dataDir })
  await use(db)
  await close()
}

test('npm run journal gives a head to note, and ends in error with the first line that is wrong', async () => {
  await withDatabase(async (db) => {
    for (const number of [1, 2, 3])
      await record(db, { author: 'essai', action: 'essai.ligne', subject: `ligne:${number}` })
    await sealJournal(db, createVault(masterKey))
  })
  const whole = await journal()
  expect(whole).toMatchObject({ code: 0, out: expect.stringContaining('Le journal est intact : 3 lignes.') })
  const [head] = /3:[0-9a-f]{64}/.exec(whole.out)!
  expect(await journal('--expect', head)).toMatchObject({ code: 0 })

  await withDatabase(async (db) => {
    await db.execute(sql`alter table journal disable trigger user`)
    await db.execute(sql`update journal set author = 'autre' where position = 2`)
  })
  expect(await journal()).toEqual({
    code: 1,
    out: '\nLe journal n’est pas intact. La ligne 2 a été modifiée ou ajoutée, ou la ligne 1 l’a été avec son empreinte.\n',
  })
  expect(await journal('--expect', 'demain')).toMatchObject({ code: 2, out: expect.stringContaining('Usage') })
})
