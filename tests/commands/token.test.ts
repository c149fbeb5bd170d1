import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { sql } from 'drizzle-orm'
import { afterAll, expect, test } from 'vitest'
import { connect, rows } from '../../src/db.ts'
import type { Json } from '../support/actors.ts'
import { aDataFolder, clearProcesses, inherited } from '../support/processes.ts'

const dataDir = aDataFolder()
afterAll(() => clearProcesses([]))

/** `npm run token` in a process of its own. */
const token = (...args: string[]) =>
  new Promise<{ code: number; out: string; err: string }>((resolve) => {
    const file = fileURLToPath(new URL('../../src/token.ts', import.meta.url))
    const env = { ...inherited(), DATA_DIR: dataDir }
    execFile(process.execPath, [file, ...args], { env }, (error, out, err) =>
      resolve({ code: error ? Number(error.code) : 0, out, err }),
    )
  })

test(
  'a token of the command line lasts what was asked, a day at most, and is withdrawn by it',
  { timeout: 120_000 },
  async () => {
    const made = await token('--role', 'formateur', '--organisation', 'organisme-exemple', '--hours', '24')
    expect(made).toMatchObject({ code: 0, err: '' })
    const text = made.out.trim()
    const claims = JSON.parse(Buffer.from(text.split('.')[1]!, 'base64url').toString()) as Json
    expect(claims).toMatchObject({ role: 'formateur', organisation: 'organisme-exemple', sub: 'ligne-de-commande' })
    expect(claims['exp'] - claims['iat']).toBe(24 * 3600)
    expect(await token('--role', 'formateur', '--hours', '24.5')).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringContaining('Un jeton dure 24 heures au plus.'),
    })

    expect(await token('--revoke', text)).toEqual({ code: 0, out: 'Jeton retiré : il n’ouvre plus rien.\n', err: '' })
    expect(await token('--revoke', `${text}x`)).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringContaining('Ce jeton ne vient pas de ce service'),
    })
    const { db, close } = await connect({ databaseUrl: null, dataDir })
    const revoked = await rows<Json>(
      db,
      sql`select jti, extract(epoch from expires_at)::int as until from revoked_tokens`,
    )
    const lines = await rows<Json>(
      db,
      sql`select author, action, subject from journal where author = 'ligne-de-commande'`,
    )
    await close()
    expect(revoked).toEqual([{ jti: claims['jti'], until: claims['exp'] }])
    expect(lines).toEqual([{ author: 'ligne-de-commande', action: 'token.revoked', subject: `token:${claims['jti']}` }])
  },
)
