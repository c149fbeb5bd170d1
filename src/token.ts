import { parseArgs } from 'node:util'
import Fastify from 'fastify'
import { registerAccess, signToken } from './auth/access.ts'
import { readClaims, ROLES } from './auth/tokens.ts'
import { readConfig } from './config.ts'
import { fail } from './fail.ts'
import { createVault } from './vault.ts'

const USAGE = `Usage : npm run token -- --role <rôle> [--organisation <identifiant>] [--subject <qui>] [--hours 12]
Rôles : ${ROLES.join(', ')}`

try {
  const { values } = parseArgs({
    options: {
      role: { type: 'string' },
      organisation: { type: 'string' },
      subject: { type: 'string', default: 'ligne-de-commande' },
      hours: { type: 'string', default: '12' },
    },
  })
  const { role, organisation, subject, hours } = values
  const claims = readClaims({ sub: subject, role, ...(organisation && { organisation }) })
  if (!claims || !(Number(hours) > 0)) throw new Error(USAGE)
  const app = Fastify()
  await registerAccess(app, createVault(readConfig().masterKey))
  await app.ready()
  process.stdout.write(`${signToken(app, claims, Number(hours))}\n`)
} catch (error) {
  fail(error)
}
