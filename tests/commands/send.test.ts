import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished } from 'vitest'
import { signToken } from '../../src/auth/access.ts'
import { test } from '../support/app.ts'
import { aRow, aSession, aTrainer, csvOf } from '../support/factories.ts'

const SEND = fileURLToPath(new URL('../../src/send.ts', import.meta.url))

function send(file: string, session: string, token: string, url: string) {
  const args = [SEND, file, '--session', session, '--token', token, '--url', url]
  return new Promise<{ code: number; out: string; err: string }>((resolve) => {
    execFile(process.execPath, args, (error, out, err) => resolve({ code: Number(error?.code ?? 0), out, err }))
  })
}

test('a file sent from a terminal: progress, receipts beside it, and an exit code that tells refused rows', async ({
  service,
}) => {
  const folder = mkdtempSync(join(tmpdir(), 'insigne-send-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const url = await service.app.listen({ host: '127.0.0.1', port: 0 })
  const trainer = await aTrainer(service)
  const session = await aSession(trainer)
  const token = signToken(service.app, { sub: 'test', role: 'formateur', organisation: trainer.slug }, 1)
  const file = join(folder, 'resultats.csv')

  writeFileSync(file, csvOf([aRow(1), aRow(2, { email: 'sans-arobase' }), aRow(3)]))
  const first = await send(file, session, token, url)
  expect(first).toMatchObject({ code: 1, err: '' })
  expect(first.out).toContain('Terminé : 2 badges délivrés, 0 l’étaient déjà, 1 lignes refusées.')
  const receipts = readFileSync(join(folder, 'resultats.recus.csv'), 'utf8').trim().split('\r\n')
  expect(receipts.map((line) => line.split(',').slice(0, 2).join())).toEqual([
    'line,outcome',
    '2,issued',
    '3,refused',
    '4,issued',
  ])

  writeFileSync(file, csvOf([aRow(1), aRow(3)]))
  expect(await send(file, session, token, url)).toMatchObject({ code: 0, err: '' })

  writeFileSync(file, 'nom;note\nx;1')
  const wrong = await send(file, session, token, url)
  expect(wrong.code).toBe(3)
  expect(wrong.err).toContain('Il manque dans l’en-tête')
})
