import { parseArgs } from 'node:util'
import { giveGrantTo, type GivenRole } from './auth/grants.ts'
import { ROLES } from './auth/tokens.ts'
import { readConfig } from './config.ts'
import { connect } from './db.ts'
import { DomainError } from './errors.ts'
import { fail } from './fail.ts'
import { isPlainAddress } from './messages/address.ts'
import { createVault } from './vault.ts'

const GIVEN = ROLES.filter((role) => role !== 'titulaire')
const USAGE = `Usage : npm run grant -- --email <adresse> --role <rôle> [--organisation <identifiant>]
Rôles : ${GIVEN.join(', ')}`

// The first role of a service is given here, by who holds the machine; the others are given by invitation.
try {
  const { email, role, organisation } = readArguments()
  const config = readConfig()
  const { db, close } = await connect(config)
  try {
    const vault = createVault(config.masterKey, config.previousMasterKeys)
    await giveGrantTo(db, vault, { email, role, organisation, grantedBy: 'ligne-de-commande' })
    const where = organisation === undefined ? 'pour tout le service' : `pour l’organisme « ${organisation} »`
    process.stdout.write(`${email} tient le rôle « ${role} » ${where}.\n`)
  } finally {
    await close()
  }
} catch (error) {
  if (!(error instanceof DomainError)) fail(error)
  process.stderr.write(`${error.message} ${error.mend}\n`)
  process.exitCode = 1
}

function readArguments(): { email: string; role: GivenRole; organisation: string | undefined } {
  const string = { type: 'string' } as const
  try {
    const { values } = parseArgs({ options: { email: string, role: string, organisation: string } })
    const { email = '', organisation } = values
    const role = GIVEN.find((one) => one === values.role)
    return role && isPlainAddress(email) ? { email, role, organisation } : usage()
  } catch {
    return usage()
  }
}

function usage(): never {
  process.stderr.write(`${USAGE}\n`)
  process.exit(1)
}
