import { randomUUID } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { sealJournal } from '../../src/journal/seals.ts'
import { type Db, rows } from '../../src/db.ts'
import { collectEvents } from '../../src/feed/collect.ts'
import { endorsements } from '../../src/endorsements/endorsements.sql.ts'
import { DOCUMENT_SEAL } from '../../src/endorsements/read.ts'
import { HOST_SEAL, LINK_SEAL } from '../../src/interop/hosts.ts'
import { badgeHosts, hostDeliveries, hostLinks } from '../../src/interop/oauth.sql.ts'
import { getOrganisation } from '../../src/organisations/organisations.ts'
import { changeLink, readLink } from '../../src/training/enrolment-links.ts'
import { getSession } from '../../src/training/sessions.ts'
import { actor, type Actor, type Json, signedIn, type SignedIn } from './actors.ts'
import type { TestService } from './app.ts'
import { sendEvidence } from './evidence.ts'
import { aRow, aSession, aTrainer, csvOf, sendCsv, type Trainer } from './factories.ts'
import { anAuthority, aSiret, pixRow } from './habilitation.ts'
import { deposit } from './wallets.ts'
import { keyIssuer } from './key-issuer.ts'

const FORM = { 'content-type': 'application/x-www-form-urlencoded' }

/** Someone of whom the service knows all that it may know. */
export const KNOWN = {
  email: `Hedwige.Exemple-${randomUUID().slice(0, 8)}@exemple.invalid`,
  given_name: 'Hedwige',
  family_name: 'Exemple-Inoubliable',
  second: `autre-adresse-${randomUUID().slice(0, 8)}@exemple.invalid`,
  guest: `personne-invitee-${randomUUID().slice(0, 8)}@exemple.invalid`,
}

const named = { email: KNOWN.email, given_name: KNOWN.given_name, family_name: KNOWN.family_name }

/** A row whose cells are in the wrong columns: it is refused, and its receipt is kept. */
const shifted = () => aRow(3, { given_name: 'Zoé', completed_on: KNOWN.email, result: KNOWN.family_name })

/** A service in which each thing that keeps a secret or an identity was done once, through its front door. */
export type Filled = {
  trainer: Trainer
  session: string
  csv: string
  badge: string
  someone: SignedIn
  secrets: string[]
}

export async function fillService(service: TestService): Promise<Filled> {
  const trainer = await aTrainer(service)
  const session = await aSession(trainer)
  const csv = csvOf([aRow(1, named), aRow(2)])
  const { receipts } = await sendCsv(service, trainer, session, csv)
  await sendCsv(service, trainer, session, csvOf([shifted()]))
  const planned = {
    organisation: trainer.slug,
    module: 'aidants-connect',
    startsOn: '2026-03-31',
    endsOn: '2026-03-31',
  }
  await trainer.post(
    '/api/v1/sessions',
    { ...planned, departement: '69', capacity: 2, modality: 'presentiel' },
    { 'idempotency-key': randomUUID() },
  )
  const link = await anEnrolmentLink(service, session)
  const asking = new URLSearchParams({ email: KNOWN.email, givenName: KNOWN.given_name, familyName: KNOWN.family_name })
  await actor(service).post(`/inscription/${link}`, asking.toString(), FORM)
  await actor(service).post('/connexion', new URLSearchParams({ email: KNOWN.email }).toString(), FORM)
  const someone = await signedIn(service, {
    email: KNOWN.email,
    grants: [{ role: 'administrateur', organisation: trainer.slug }],
  })
  await fillCareer(service, trainer, someone)
  const secrets = [...(await accessOf(service, trainer, someone)), link, someone.secret, someone.jeton]
  await sealJournal(service.db, service.vault)
  const badge = new URL(String(receipts[0]!['credential'])).pathname
  const held = badge.split('/').at(-1)!
  await someone.form(`/mon-espace/badges/${held}/nom`, { visible: 'oui' })
  secrets.push(...(await deposit(service, someone, held)))
  const file = { name: 'notes.txt', bytes: `Écrit par ${KNOWN.given_name} ${KNOWN.family_name}, ${KNOWN.email}` }
  await sendEvidence(someone, `/mon-espace/badges/${held}/preuves`, file, { name: `Notes de ${KNOWN.family_name}` })
  await someone.form('/mon-espace/partages', { badges: held, days: '30', label: `Pour ${KNOWN.family_name}` })
  secrets.push(await anEndorsementLink(someone, `/mon-espace/badges/${held}/recommandations`))
  secrets.push(...(await aSubscription(service, trainer, someone)))
  const links = (await someone.get('/mon-espace/partages', { accept: 'text/html' })).response.body
  secrets.push(/\/partages\/([\w-]{43})"/.exec(links)![1]!)
  const { body } = await actor(service).get(`${badge}.json`)
  await actor(service).get(new URL(String(body['credentialStatus'][0]['statusListCredential'])).pathname)
  await actor(service).get(`${badge}/identites`)
  await actor(service).get(`${badge}.jwt`)
  const issued = await trainer.post(`/vc-api/issuers/${trainer.slug}/credentials/issue`, {
    credential: {
      '@context': ['https://www.w3.org/ns/credentials/v2'],
      id: `urn:uuid:${randomUUID()}`,
      type: ['VerifiableCredential'],
      credentialSubject: { id: `mailto:${KNOWN.email}`, name: `${KNOWN.given_name} ${KNOWN.family_name}` },
    },
  })
  if (issued.status !== 201) throw new Error(`vc-api: ${issued.status} ${issued.response.body}`)
  await fillApplications(service, someone, held)
  await anEndorsement(service, trainer)
  return { trainer, session, csv, badge, someone, secrets }
}

/** An invitation, a further address, a machine with its secret and its token: answers what must stay secret. */
async function accessOf(service: TestService, { slug }: Trainer, someone: SignedIn): Promise<string[]> {
  const done = async (what: string, sent: Promise<{ status: number; body: Json; response: { body: string } }>) => {
    const { status, body, response } = await sent
    if (status >= 400) throw new Error(`${what}: ${status} ${response.body}`)
    return body
  }
  const invited = { email: KNOWN.guest, role: 'formateur' }
  await done('invitation', someone.form(`/organisme/${slug}/equipe/invitations`, invited))
  const asked = await someone.form('/mon-espace/adresses', { email: KNOWN.second })
  // Filled a second time, the service knows that address already.
  if (asked.status < 400) await done('address', someone.form(await addressLink(service)))
  const client = await done(
    'client',
    someone.post(
      `/api/v1/organisations/${slug}/clients`,
      { name: 'Logiciel d’exemple', scopes: ['sessions'] },
      { 'idempotency-key': randomUUID() },
    ),
  )
  const [client_id, client_secret] = [String(client['clientId']), String(client['clientSecret'])]
  const credentials = new URLSearchParams({ grant_type: 'client_credentials', client_id, client_secret })
  const given = await done('token', actor(service).post('/oauth/token', credentials.toString(), FORM))
  const token = String(given['access_token'])
  const revoked = new URLSearchParams({ client_id, client_secret, token })
  await done('revocation', actor(service).post('/oauth/revoke', revoked.toString(), FORM))
  return [client_secret, token]
}

/** What another said of the organisation, in words that name someone. */
async function anEndorsement({ db, vault }: TestService, { slug }: Trainer): Promise<void> {
  const { id: organisationId } = await getOrganisation(db, slug)
  const document = vault.seal(DOCUMENT_SEAL, `{"endorsementComment":"Vu avec ${KNOWN.family_name}"}`)
  const times = { expiresAt: new Date(Date.now() + 3_600_000), givenAt: new Date() }
  await db.insert(endorsements).values({ organisationId, state: 'given', document, ...times })
}

/** What other hosts of badges are told, and what one of them answered. */
async function fillApplications({ db, vault }: TestService, someone: SignedIn, credentialId: string): Promise<void> {
  const profile = { name: `${KNOWN.given_name} ${KNOWN.family_name}`, description: '', url: '' }
  const { status, response } = await someone.form('/mon-espace/applications/profil', profile)
  if (status !== 303) throw new Error(`profile: ${status} ${response.body}`)
  const registration = vault.seal(HOST_SEAL, JSON.stringify({ client: { secret: randomUUID() } }))
  const address = `https://hote.exemple.fr/${randomUUID()}`
  const [host] = await db.insert(badgeHosts).values({ address, name: 'Hôte d’exemple', registration }).returning()
  const sealed = () => vault.seal(LINK_SEAL, JSON.stringify({ token: randomUUID(), email: KNOWN.email }))
  const [link] = await db
    .insert(hostLinks)
    .values({
      personId: someone.personId,
      hostId: host!.id,
      stateHash: randomUUID(),
      verifier: sealed(),
      askedUntil: new Date(),
      tokens: sealed(),
    })
    .returning()
  await db.insert(hostDeliveries).values({ linkId: link!.id, credentialId, outcome: 'refused', said: sealed() })
}

/** A tool that is told of what happened, whose secret was replaced once: answers what must stay secret. */
async function aSubscription({ db }: TestService, { slug }: Trainer, someone: SignedIn): Promise<string[]> {
  const url = `https://outil.exemple.fr/${randomUUID()}`
  const asked = { organisation: slug, url, types: ['badge.issued'] }
  const { body: made } = await someone.post('/api/v1/webhooks', asked)
  const { body: renewed } = await someone.post(`/api/v1/webhooks/${made['id']}/secrets?organisation=${slug}`, {})
  await collectEvents(db)
  return [url, String(made['secret']), String(renewed['secret'])]
}

/** The secret of the link by which someone asks to be endorsed, with a word that says who. */
async function anEndorsementLink(someone: SignedIn, path: string): Promise<string> {
  await someone.form(path, { note: `De ${KNOWN.given_name} ${KNOWN.family_name}` })
  const { response } = await someone.get(path, { accept: 'text/html' })
  return /\/recommandations\/([\w-]{43})"/.exec(response.body)![1]!
}

/** The path of the link in the last message that proves an address. */
async function addressLink({ db, vault }: TestService): Promise<string> {
  const [last] = await rows<{ content: string }>(
    db,
    sql`select content from messages where kind = 'address' order by created_at desc limit 1`,
  )
  const { values } = JSON.parse(vault.open('messages/content', last!.content)) as { values: { url: string } }
  return new URL(values.url).pathname
}

/** Every value of every column of every table, as text: what a stolen dump holds. */
export async function dumpAll(db: Db): Promise<{ table: string; column: string; values: string[] }[]> {
  const columns = await rows<{ table: string; column: string }>(
    db,
    sql`select c.table_name as "table", c.column_name as "column" from information_schema.columns c
        join information_schema.tables t using (table_schema, table_name)
        where table_schema = 'public' and t.table_type = 'BASE TABLE' order by 1, 2`,
  )
  return Promise.all(
    columns.map(async ({ table, column }) => {
      const [name, from] = [sql.identifier(column), sql.identifier(table)]
      const found = await rows<{ value: string }>(
        db,
        sql`select ${name}::text as value from ${from} where ${name} is not null`,
      )
      return { table, column, values: found.map((one) => one.value) }
    }),
  )
}

/** What Aidants Connect, an employer and the person herself have the service know, each thing by its route. */
async function fillCareer(service: TestService, { slug }: Trainer, someone: SignedIn): Promise<void> {
  const { email, given_name: givenName, family_name: familyName } = KNOWN
  const person = { email, givenName, familyName }
  const [officer, employer] = [actor(service, 'instructeur'), actor(service, 'employeur', slug)]
  const send = async (who: Pick<Actor, 'post'>, path: string, body: unknown): Promise<Json> => {
    const { status, body: answer, response } = await who.post(`/api/v1${path}`, body)
    if (status >= 400) throw new Error(`${path}: ${status} ${response.body}`)
    return answer
  }
  const why = { reason: 'Essai' }
  const { id } = await send(someone, '/habilitations/organisation-requests', {
    structure: { name: 'Structure d’essai', siret: aSiret() },
    manager: { ...person, profession: 'Directrice' },
    aidants: [{ ...person, profession: 'Agente d’accueil', standing: 'agent' }],
    declarations: { cgu: true, notFree: true, dpo: true, professionalsOnly: true, withoutElected: true },
  })
  await anAuthority(service)
  const request = `/habilitations/organisation-requests/${id}/decisions`
  await send(someone, request, { move: 'submission', ...why })
  await send(officer, request, { move: 'acceptance', ...why })
  await send(officer, '/habilitations/pix-results', [pixRow(email), pixRow(KNOWN.guest)])
  const certification = {
    verificationCode: `P-${aSiret().slice(0, 8)}`,
    pixScore: 512,
    certifiedOn: '2026-03-31',
    marks: [],
  }
  await send(officer, '/habilitations/pix-certifications', { email, ...certification })
  const contract = { organisation: slug, type: 'CDD', typologie: 'conum', startsOn: `20${10 + ++filled}-03-01` }
  const signed = await send(employer, '/conseillers/contracts', { ...contract, ...person })
  const path = `/conseillers/contracts/${signed['id']}`
  const commitment = { agreedOn: '2026-03-01', content: `Pour ${givenName}`, documentReference: familyName }
  await send(employer, `${path}/commitment`, { organisation: slug, ...commitment })
  await send(employer, `${path}/end`, { organisation: slug, endedOn: '2030-03-01', reason: `Départ de ${familyName}` })
  await send(actor(service, 'formateur', slug), '/conseillers/initial-trainings', {
    organisation: slug,
    rows: [
      { email, given_name: givenName, family_name: familyName, date_debut: '2026-03-01', observations: familyName },
    ],
  })
  await send(actor(service, 'formateur', slug), '/positionings', {
    organisation: slug,
    learner: person,
    target: { habilitation: 'aidants-connect' },
    rationale: `Vu avec ${familyName}`,
  })
  await send(someone, '/needs', {
    respondent: 'mediateur',
    departement: '69',
    answers: { relation: 'oui', outils: 'non' },
  })
  const { badgeFor, did, achievement } = await keyIssuer()
  const kept = await send(someone, '/wallet', { credential: await badgeFor(email, { name: `Badge de ${familyName}` }) })
  await send(someone, `/wallet/${kept['id']}/recognition-request`, {})
  const worth = { name: 'Soudure', competences: [{ framework: 'mediation', version: '1.0', code: 'D4' }] }
  const reason = 'Programme comparé'
  await send(someone, `/organisations/${slug}/equivalences`, { issuer: did, achievement, ...worth, reason })
  const { id: proof } = await send(someone, '/proofs', { kind: 'diplome', title: `Diplôme de ${familyName}` })
  const seen = { how: 'document', outcome: 'confirmed', reference: `Copie de ${familyName}`, checkedOn: '2026-03-31' }
  await send(employer, '/proofs/checks', { organisation: slug, proof, ...seen })
  await service.queue.idle()
}
let filled = 0

/** The secret of the link by which people ask for a place in a session that goes on. */
async function anEnrolmentLink({ db, vault }: TestService, sessionId: string): Promise<string> {
  await db.execute(sql`update sessions set ends_on = current_date + 1 where id = ${sessionId}`)
  const { session } = await getSession(db, sessionId)
  await changeLink(db, vault, session, { action: 'open', author: 'test' })
  return (await readLink(db, vault, sessionId))!.secret
}
