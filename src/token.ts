import { parseArgs } from 'node:util'
import Fastify from 'fastify'
import { registerTokens, signToken } from './auth/access.ts'
import { readClaims, ROLES } from './auth/tokens.ts'
import { readConfig } from './config.ts'
import { fail } from './fail.ts'
import { createVault } from './vault.ts'

const USAGE = `Usage : npm run token -- --role <rôle> [--organisation <identifiant>] [--subject <qui>] [--hours 12]
Rôles : ${ROLES.join(', ')}`

const DAYS_MAX = 366

try {
  const { role, organisation, subject, hours } = readArguments()
  const claims = readClaims({ sub: subject, role, ...(organisation && { organisation }) })
  if (!claims || !(Number(hours) > 0 && Number(hours) <= DAYS_MAX * 24)) usage()
  const app = Fastify()
  await registerTokens(app, createVault(readConfig().masterKey))
  await app.ready()
  process.stdout.write(`${signToken(app, claims, Number(hours))}\n`)
} catch (error) {
  fail(error)
}

function readArguments() {
  const string = { type: 'string' } as const
  const options = { role: string, organisation: string, subject: string, hours: string }
  try {
    return { subject: 'ligne-de-commande', hours: '12', ...parseArgs({ options }).values }
  } catch {
    return usage()
  }
}

function usage(): never {
  process.stderr.write(`${USAGE}\n`)
  process.exit(1)
}
