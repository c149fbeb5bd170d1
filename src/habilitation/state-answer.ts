import { eq } from '../drizzle.ts'
import { CREDENTIALS_V2 } from '../credentials/contexts.ts'
import { activeKey, issuerProfile } from '../credentials/keys.ts'
import { signCredential } from '../credentials/suite.ts'
import type { Db } from '../db.ts'
import { conflict, invalid } from '../errors.ts'
import { organisations } from '../organisations/organisations.sql.ts'
import type { Vault } from '../vault.ts'
import { parisDate, parisDay } from '../days.ts'
import { findHabilitation, listEvents } from './habilitations.ts'
import { type HabilitationState, stateFrom, type Validity, validityIn } from './history.ts'
import type { Authority } from './validation.ts'
import { VOCABULARY } from './vocabulary.ts'

export type StateAnswer = {
  habilitation: string
  /** The address of its badge; null while it has none. */
  credential: string | null
  /** As asked: a day in Paris, or a moment. */
  at: string
  /** The day, or what is known of it so far. */
  from: string
  until: string
  /** Over that day. */
  validity: Validity
  /** At that moment, or at the end of that day. */
  state: HabilitationState['state']
  /** What changed that day; why is between the structure and the person. */
  events: { kind: string; at: string }[]
}

/**
 * «Was it valid on 12 March?», from the events: `at` is a day in Paris or a moment (ISO 8601, with its offset), now when
 * absent. Errors: `not_found`; `date_invalid`; `date_future`, of which events say nothing.
 */
export async function answerState(
  db: Db,
  baseUrl: string,
  id: string,
  at: string | undefined,
  now = new Date(),
): Promise<StateAnswer> {
  const events = await listEvents(db, id)
  const { credentialId = null } = (await findHabilitation(db, id)) ?? {}
  const asked = at ?? now.toISOString()
  const moment = asked.includes('T') ? new Date(asked) : null
  if (moment && Number.isNaN(moment.getTime())) {
    throw invalid('date_invalid', `La date « ${asked} » n’est pas lisible.`, 'Écrivez-la 2026-03-12.')
  }
  const day = parisDay(moment ? parisDate(moment) : asked)
  if (day.from > now || (moment && moment > now)) {
    throw invalid(
      'date_future',
      `Le ${asked} n’est pas encore passé : personne ne sait si l’habilitation vaudra alors.`,
      'Demandez aujourd’hui ou un jour passé.',
    )
  }
  // What was decided counts today, even dated later by a clock that has since gone back.
  const isOver = day.until <= now
  const known = new Date(Math.max(now.getTime(), events.at(-1)!.at.getTime()) + 1)
  const until = isOver ? day.until : known
  const isToday = !isOver && (moment === null || at === undefined)
  const { state } = stateFrom(events, isToday ? undefined : (moment ?? new Date(until.getTime() - 1)))
  return {
    habilitation: id,
    credential: credentialId && `${baseUrl}/credentials/${credentialId}`,
    at: asked,
    from: day.from.toISOString(),
    until: until.toISOString(),
    validity: validityIn(events, { from: day.from, until }),
    state,
    events: events
      .filter((one) => one.at >= day.from && one.at < until)
      .map((one) => ({ kind: one.kind, at: one.at.toISOString() })),
  }
}

const MOMENTS = ['from', 'until', 'at']

/** What the words of a signed answer mean: each one is defined, as JSON-LD in safe mode asks. */
function stateContext(baseUrl: string) {
  const term = (name: string): [string, unknown] => {
    const id = `${baseUrl}/vocabulaire#${name}`
    if (name === 'events') return [name, { '@id': id, '@container': '@list' }]
    return [name, MOMENTS.includes(name) ? { '@id': id, '@type': 'http://www.w3.org/2001/XMLSchema#dateTime' } : id]
  }
  return Object.fromEntries(Object.keys(VOCABULARY).map(term))
}

/**
 * The same answer as a verifiable credential about the badge, signed by whoever signs habilitations. Signed outside any
 * transaction. Errors: those of `answerState`; `authority_unknown`, `habilitation_without_badge`.
 */
export async function signState(
  db: Db,
  vault: Vault,
  { issuer: slug, baseUrl }: Authority,
  { credential, habilitation, at, ...answer }: StateAnswer,
  now = new Date(),
) {
  const [authority] = await db.select().from(organisations).where(eq(organisations.slug, slug))
  if (authority?.state !== 'approved') {
    throw conflict(
      'authority_unknown',
      'L’organisme qui signe les habilitations n’est pas encore approuvé sur ce service : cette réponse ne peut pas être signée.',
      'Demandez-la sans signature, ou revenez quand il le sera.',
    )
  }
  if (credential === null) {
    throw conflict(
      'habilitation_without_badge',
      'Le badge de cette habilitation n’est pas encore délivré : une réponse signée n’aurait pas d’objet.',
      'Demandez-la sans signature, ou revenez quand il le sera.',
    )
  }
  const unsigned = {
    '@context': [CREDENTIALS_V2, stateContext(baseUrl)],
    type: ['VerifiableCredential', 'HabilitationStateCredential'],
    issuer: issuerProfile(authority, baseUrl).id,
    validFrom: now.toISOString(),
    credentialSubject: { id: credential, type: 'HabilitationState', habilitation, asked: at, ...answer },
  }
  return signCredential(unsigned, unsigned.issuer, await activeKey(db, vault, authority.id), now)
}
