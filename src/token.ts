import { parseArgs } from 'node:util'
import Fastify from 'fastify'
import { readToken, registerTokens, signToken } from './auth/access.ts'
import { revokeToken } from './auth/token-revocation.ts'
import { readClaims, ROLES } from './auth/tokens.ts'
import { type Config, readConfig } from './config.ts'
import { connect } from './db.ts'
import { fail } from './fail.ts'
import { createVault } from './vault.ts'

const USAGE = `Usage : npm run token -- --role <rôle> [--organisation <identifiant>] [--subject <qui>] [--hours 12]
        npm run token -- --revoke <jeton>
Rôles : ${ROLES.join(', ')}
Un jeton dure 24 heures au plus. Un programme qui tourne tous les jours prend un accès de machine de son organisme.`

const HOURS_MAX = 24
const AUTHOR = 'ligne-de-commande'

try {
  const { revoke, ...given } = readArguments()
  const config = readConfig()
  const app = Fastify()
  await registerTokens(app, createVault(config.masterKey, config.previousMasterKeys))
  await app.ready()
  if (revoke === undefined) process.stdout.write(`${signToken(app, ...claimsOf(given))}\n`)
  else await withdraw(config, readToken(app, revoke))
} catch (error) {
  fail(error)
}

function claimsOf({ role, organisation, subject, hours }: Omit<ReturnType<typeof readArguments>, 'revoke'>) {
  const claims = readClaims({ sub: subject, role, ...(organisation && { organisation }) })
  if (!claims || !(Number(hours) > 0 && Number(hours) <= HOURS_MAX)) usage()
  return [claims, Number(hours)] as const
}

async function withdraw(config: Config, token: ReturnType<typeof readToken>): Promise<void> {
  if (!token) throw new Error('Ce jeton ne vient pas de ce service, ou il est déjà à sa fin : rien à retirer.')
  const { db, close } = await connect(config)
  try {
    await revokeToken(db, { ...token, author: AUTHOR })
  } finally {
    await close()
  }
  process.stdout.write(`Jeton retiré : il n’ouvre plus rien.\n`)
}

function readArguments() {
  const string = { type: 'string' } as const
  const options = { role: string, organisation: string, subject: string, hours: string, revoke: string }
  try {
    return { subject: AUTHOR, hours: '12', ...parseArgs({ options }).values }
  } catch {
    return usage()
  }
}

function usage(): never {
  process.stderr.write(`${USAGE}\n`)
  process.exit(1)
}
