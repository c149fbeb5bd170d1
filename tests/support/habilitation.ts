import { randomInt, randomUUID } from 'node:crypto'
import { eq, sql } from 'drizzle-orm'
import { rows } from '../../src/db.ts'
import { structures } from '../../src/habilitation/habilitations.sql.ts'
import { habilitationRequests, requestEvents } from '../../src/habilitation/requests.sql.ts'
import { settlePeople } from '../../src/habilitation/validation.ts'
import { registerOrganisation } from '../../src/organisations/organisations.ts'
import { normaliseEmail } from '../../src/email.ts'
import { rememberPeople, sealPerson } from '../../src/people/people.ts'
import { actor, type Json, signedIn, type SignedIn } from './actors.ts'
import { BASE_URL, config, type TestService } from './app.ts'
import { aRow, aSession, aTrainer, csvOf, sendCsv } from './factories.ts'

/** Who signs the habilitations of services under test, as the verbs take it. */
export const authority = { issuer: config.habilitationIssuer, baseUrl: BASE_URL }

/** Makes sure that whoever signs habilitations is registered and approved. */
export async function anAuthority(service: TestService): Promise<void> {
  const given = { slug: authority.issuer, name: 'Aidants Connect (essai)' }
  const { status, body } = await actor(service, 'exploitant').post('/api/v1/organisations', given)
  if (status !== 201 && body['code'] !== 'slug_taken') throw new Error(JSON.stringify(body))
}

/** Someone who decides of requests, in a browser. */
export const anOfficer = (service: TestService): Promise<SignedIn> =>
  signedIn(service, { grants: [{ role: 'instructeur' }] })

/** A number that passes its check. */
export function aSiret(): string {
  const digits = Array.from({ length: 13 }, () => randomInt(10))
  const sum = digits.reduce((total, digit, index) => total + (index % 2 === 0 ? doubled(digit) : digit), 0)
  return [...digits, (10 - (sum % 10)) % 10].join('')
}
const doubled = (digit: number): number => (digit > 4 ? digit * 2 - 9 : digit * 2)

export type Structure = { id: string; slug: string; name: string; siret: string; referent: SignedIn }

/** A new structure whose aidants may be habilitated, and its référente. */
export async function aStructure(service: TestService): Promise<Structure> {
  const { db } = service
  const slug = `structure-${randomUUID().slice(0, 8)}`
  const given = { slug, name: `Structure ${slug}`, siret: aSiret() }
  const { id } = await registerOrganisation(db, given, { author: 'test', state: 'known' })
  await db.insert(structures).values({ organisationId: id })
  const referent = await signedIn(service, { grants: [{ role: 'referent', organisation: slug }] })
  return { ...given, id, referent }
}

type Given = Partial<typeof habilitationRequests.$inferInsert> & { email?: string }
type Asked = { id: string; personId: string; email: string }

/** A request for someone in that structure, eligible unless told otherwise; what was waiting for it is settled. */
export async function aRequest(
  service: TestService,
  structure: Pick<Structure, 'id'>,
  given: Given = {},
): Promise<Asked> {
  const { db, vault } = service
  const { email = anEmail(), ...columns } = given
  const person = sealPerson(vault, { email, givenName: 'Zoé', familyName: 'Exemple' })
  return db.transaction(async (tx) => {
    const personId = [...(await rememberPeople(tx, [person])).values()][0]!
    const [{ id, status } = { id: '', status: '' }] = await tx
      .insert(habilitationRequests)
      .values({
        organisationId: structure.id,
        personId,
        identity: person.identity,
        profession: 'Secrétaire de mairie',
        standing: 'agent',
        origin: 'habilitation',
        status: given.courseType === 'peers' ? 'processing_p2p' : 'processing',
        ...columns,
      })
      .returning()
    const event = { habilitationRequestId: id, move: 'creation', to: status, author: 'test', reason: 'Essai' }
    await tx.insert(requestEvents).values(event)
    await settlePeople(tx, authority, [personId])
    return { id, personId, email: normaliseEmail(email) }
  })
}

/** A new address. */
export const anEmail = (): string => `personne-${randomUUID()}@exemple.invalid`

/** Someone completed a training for Aidants Connect, and its badge is issued; `cells` are those of the row. */
export async function trained(
  service: TestService,
  email: string,
  cells: Record<string, string> = {},
  session: Json = {},
): Promise<void> {
  const trainer = await aTrainer(service)
  const row = aRow(1, { email, ...cells })
  const { campaign } = await sendCsv(service, trainer, await aSession(trainer, session), csvOf([row]))
  if (campaign?.['counts']?.['issued'] !== 1) throw new Error(JSON.stringify(campaign))
}

/** A row of the file of Pix results, passed unless told otherwise. */
export const pixRow = (email: string, given: Json = {}): Json => ({
  "date d'envoi": '2026-04-02',
  'email saisi': email,
  résultat: 0.62,
  ...given,
})

/** A person who is habilitated in a new structure, with the badge. */
export async function habilitated(service: TestService) {
  await anAuthority(service)
  const [structure, officer] = [await aStructure(service), await anOfficer(service)]
  const request = await aRequest(service, structure, { pixDoneOn: '2026-04-02', pixScore: 62 })
  await trained(service, request.email)
  return { structure, referent: structure.referent, officer, request, ...(await habilitationOf(service, request.id)) }
}

/** The habilitation of a request, its badge included; throws while there is none. */
export async function habilitationOf(service: TestService, requestId: string) {
  await service.queue.idle()
  const [found] = await rows<{ id: string; credential: string }>(
    service.db,
    sql`select h.id, c.id as credential from habilitations h join credentials c on c.award_id = h.award_id where h.request_id = ${requestId}`,
  )
  if (!found) throw new Error(`La demande ${requestId} n’a pas de badge.`)
  return { habilitation: found.id, credential: found.credential, path: `/credentials/${found.credential}` }
}

/** Where a request stands. */
export async function requestOf({ db }: TestService, id: string) {
  const [found] = await db.select().from(habilitationRequests).where(eq(habilitationRequests.id, id))
  return found!
}
