import type { Actor } from '../auth/actor.ts'
import type { Db } from '../db.ts'
import { notAllowed, notFound } from '../errors.ts'
import { authorWords } from '../journal/sentences.ts'
import { isOfficer, isReferentOf } from './access.ts'
import { findHabilitation, type HabilitationView, listEvents, serializeHabilitation } from './habilitations.ts'

/** The habilitation asked for, when it is the asker's to see; the same refusal, be it someone else's or nobody's. */
export async function requireHabilitation(
  db: Db,
  actor: Actor,
  { id, isForHolder }: { id: string; isForHolder: boolean },
): Promise<HabilitationView> {
  const found = await findHabilitation(db, id)
  if (isOfficer(actor)) {
    if (!found) throw notFound('L’habilitation', id)
    return found
  }
  const isHolder = isForHolder && found?.personId === actor.personId && actor.personId !== null
  if (!found || !(isHolder || isReferentOf(actor, found.structure))) throw notYours()
  return found
}

export const notYours = () =>
  notAllowed(
    'Votre accès ne couvre pas cette habilitation.',
    'Vérifiez l’adresse, ou demandez à la référente ou au référent de la structure.',
  )

/** A habilitation with its history, in words that name nobody. */
export async function tellHabilitation(db: Db, baseUrl: string, held: HabilitationView, reader: Actor) {
  const { personId } = held
  const events = (await listEvents(db, held.id)).map(({ kind, lapse, at, reason, author }) => ({
    kind,
    lapse,
    at,
    reason,
    by: authorWords({ author, personId }, reader.sub, new Set()),
  }))
  return { ...serializeHabilitation(held, baseUrl), events }
}
