import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { connect } from '../../src/db.ts'
import { aDataFolder, clearProcesses, inherited } from '../support/processes.ts'

const entry = fileURLToPath(new URL('../../src/grant.ts', import.meta.url))

test('the first role is given from the terminal, once; what is wrong is said in a sentence', async () => {
  const dataDir = aDataFolder()
  onTestFinished(() => clearProcesses([]))
  const grant = (...args: string[]) => {
    const env = { ...inherited(), DATA_DIR: dataDir }
    const { status, stdout, stderr } = spawnSync(process.execPath, [entry, ...args], { env, encoding: 'utf8' })
    return { status, said: stdout + stderr }
  }
  const email = ['--email', 'zoe@exemple.invalid']
  const operator = [...email, '--role', 'exploitant']
  expect(grant(...operator)).toEqual({
    status: 0,
    said: 'zoe@exemple.invalid tient le rôle « exploitant » pour tout le service.\n',
  })
  expect(grant(...operator)).toMatchObject({ status: 1, said: expect.stringContaining('tient déjà ce rôle') })
  for (const [args, words] of [
    [[...email, '--role', 'formateur'], 'Ajoutez l’organisme, ou retirez-le.'],
    [[...email, '--role', 'formateur', '--organisation', 'inconnu'], 'L’organisme « inconnu » est introuvable.'],
    [[...email, '--role', 'titulaire'], 'Usage : npm run grant'],
    [['--email', 'zoe', '--role', 'exploitant'], 'Usage : npm run grant'],
    [[...operator, '--autre'], 'Usage : npm run grant'],
    [[], 'Usage : npm run grant'],
  ] as const) {
    expect(grant(...args)).toMatchObject({ status: 1, said: expect.stringContaining(words) })
  }
  const { db, close } = await connect({ databaseUrl: null, dataDir })
  const held = await db.execute('select role, granted_by from grants')
  await close()
  expect(held).toMatchObject({ rows: [{ role: 'exploitant', granted_by: 'ligne-de-commande' }] })
})
