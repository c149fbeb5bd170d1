import type { Db } from '../db.ts'
import { conflict, type DomainError, invalid } from '../errors.ts'
import { listAddresses } from '../people/addresses.ts'
import type { Vault } from '../vault.ts'
import type { Verifier } from './verifier.ts'
import { decisiveCheck, type Verification } from './verify.ts'

export type ElsewhereDeps = { db: Db; vault: Vault; verifier: Verifier; baseUrl: string }

/** Verifies a badge that someone says is hers or his: today, for the addresses that she or he proved. */
export async function verifyFor(
  { db, vault, verifier }: ElsewhereDeps,
  personId: string,
  given: unknown,
): Promise<Verification> {
  const addresses = await listAddresses(db, vault, personId)
  return verifier.credential(given, { recipient: addresses.map((one) => one.email) })
}

/** The same of a badge of elsewhere that is to be kept. Errors: `badge_is_ours`, and, refused, those of `refusedOf`. */
export async function verifyElsewhere(deps: ElsewhereDeps, personId: string, given: unknown): Promise<Verification> {
  const verification = await verifyFor(deps, personId, given)
  if (verification.badge?.id.startsWith(`${deps.baseUrl}/`)) throw ours()
  if (verification.verdict === 'invalid') throw refusedOf(verification)
  return verification
}

/** Why a badge that is not valid is not kept: `badge_not_yours` when all hangs on the recipient, else `badge_not_valid`. */
export const refusedOf = ({ checks, summary }: Verification): DomainError =>
  decisiveCheck(checks)?.id === 'recipient' ? notYours() : notValid(summary)

const notValid = (summary: string) =>
  invalid('badge_not_valid', `Ce badge n’est pas gardé. ${summary}`, 'Demandez à qui l’a délivré un badge à jour.')
const notYours = () =>
  invalid(
    'badge_not_yours',
    'Ce badge n’est adressé à aucune de vos adresses.',
    'S’il vous a été délivré à une autre adresse, ajoutez-la d’abord à votre espace.',
  )
const ours = () =>
  conflict('badge_is_ours', 'Ce badge a été délivré ici.', 'Il est déjà parmi vos badges : il n’y a rien à déclarer.')
