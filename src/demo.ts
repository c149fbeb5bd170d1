import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { signToken } from './auth/access.ts'
import { type GivenRole, giveGrantTo } from './auth/grants.ts'
import { readConfig } from './config.ts'
import { DomainError } from './errors.ts'
import { fail } from './fail.ts'
import { type Service, startService } from './service.ts'
import { closeOnExit } from './shutdown.ts'

type Json = Record<string, unknown>
type Receipt = { line: number; outcome: string; credential?: string; problem?: { message: string } }
type Row = { line: number; outcome: string; verdict: string; summary: string; credential: string }

const ORGANISATIONS = [
  { slug: 'organisme-exemple', name: 'Organisme de formation d’exemple' },
  { slug: 'autre-organisme-exemple', name: 'Autre organisme d’exemple' },
] as const
const [ISSUER, OTHER] = ORGANISATIONS
const SESSION = {
  organisation: ISSUER.slug,
  module: 'aidants-connect',
  startsOn: '2026-03-31',
  endsOn: '2026-03-31',
  departement: '69',
  place: 'Salle d’exemple',
  capacity: 12,
  modality: 'presentiel',
}
const REVOKED_LINE = 13

/** Requests that wait for the officer, as another system would hand them over. */
const REQUESTS = [
  { status: 'new', since: '2026-03-02', profession: 'Secrétaire de mairie', standing: 'agent' },
  { status: 'waitling_list', since: '2026-03-16', profession: 'Conseillère en insertion', standing: 'salarie' },
  { status: 'processing', since: '2026-04-01', profession: 'Agente d’accueil', standing: 'agent' },
].map((request, index) => ({
  ...request,
  email: `aidante0${index + 1}@exemple.invalid`,
  givenName: 'Inès',
  familyName: `Exemple-Aidante-${index + 1}`,
  origin: 'habilitation',
  siret: '0000000', // the form of a RIDET, of no company
  structure: 'Structure d’exemple',
}))

/** Who may look around: an address, its role, and the page where that role works. */
const SPACES: [email: string, role: GivenRole | null, organisation: string | undefined, page: string][] = [
  ['exemple01@exemple.invalid', null, undefined, '/mon-espace'],
  ['administratrice@exemple.invalid', 'administrateur', ISSUER.slug, `/organisme/${ISSUER.slug}`],
  ['instructrice@exemple.invalid', 'instructeur', undefined, '/habilitations'],
]

const say = (text: string): boolean => process.stdout.write(`${text}\n`)

try {
  const config = { ...readConfig(), logLevel: 'warn', allowLoopback: true }
  say('Insigne : démonstration. Ouverture de la base et chargement du référentiel…')
  const service = await startService(config)
  await demonstrate(service, `http://${config.host}:${config.port}`)
  if (process.argv.includes('--once')) await service.close()
  else {
    closeOnExit(service.logger, service.close)
    await openSpaces(service, `http://${config.host}:${config.port}`)
    say(`\nLe service reste ouvert sur ${config.baseUrl} (Ctrl+C pour l’arrêter).`)
  }
} catch (error) {
  fail(error)
}

/** The main job through the front door: every step is a call that a training organisation or an employer makes. */
async function demonstrate({ app }: Service, address: string): Promise<void> {
  const operator = caller(address, signToken(app, { sub: 'demo', role: 'exploitant' }, 1))
  for (const organisation of ORGANISATIONS) await operator.ensure('/organisations', organisation)
  const { items: releases } = (await operator.get('/cartography/releases')) as { items: Json[] }
  if (releases.length === 0) await operator.put('/cartography/releases/1', { note: 'Édition de démonstration.' })
  const trainer = caller(address, signToken(app, { sub: 'demo', role: 'formateur', organisation: ISSUER.slug }, 1))
  const stranger = caller(address, signToken(app, { sub: 'demo', role: 'formateur', organisation: OTHER.slug }, 1))

  const session = await plannedSession(trainer)
  const csv = readFileSync(new URL('../samples/aidants-connect.csv', import.meta.url))
  const sent = await trainer.post(`/sessions/${session}/completions`, csv, 'text/csv')
  const campaign = `/campaigns/${String(sent['campaign'])}`
  while ((await trainer.get(campaign))['state'] !== 'done') await new Promise((resolve) => setTimeout(resolve, 100))
  const { items } = (await trainer.get(`${campaign}/receipts`)) as { items: Receipt[] }

  const last = items.find((one) => one.line === REVOKED_LINE)?.credential
  const revocation = `/credentials/${last?.split('/').at(-1)}/revocation`
  const refused = await stranger.status(revocation, { reason: 'Essai d’un autre organisme' })
  await trainer.post(revocation, { reason: 'Délivré par erreur : la personne n’a pas suivi la session (exemple).' })

  mkdirSync('out', { recursive: true })
  const rows = await Promise.all(items.map((receipt) => verifyAndKeep(trainer, receipt)))
  report(rows, refused)
}

async function plannedSession(trainer: Caller): Promise<string> {
  const { items } = (await trainer.get(`/sessions?organisation=${ISSUER.slug}`)) as { items: Json[] }
  const known = items.find((one) => one['place'] === SESSION.place)
  return String((known ?? (await trainer.post('/sessions', SESSION)))['id'])
}

async function verifyAndKeep(anyone: Caller, { line, outcome, credential = '', problem }: Receipt): Promise<Row> {
  if (!credential) return { line, outcome, verdict: '', summary: problem?.message ?? '', credential }
  for (const suffix of ['png', 'svg']) {
    const path = new URL(`${credential}.${suffix}`).pathname
    writeFileSync(`out/badge-${String(line).padStart(2, '0')}.${suffix}`, await anyone.bytes(path))
  }
  // The PNG as an employer receives it: read back, signature and status checked.
  const baked = readFileSync(`out/badge-${String(line).padStart(2, '0')}.png`)
  const { verdict, summary } = await anyone.post('/verifications', baked, 'image/png')
  return { line, outcome, verdict: String(verdict), summary: String(summary), credential }
}

function report(rows: Row[], refused: number): void {
  const outcomes: Record<string, string> = { issued: 'délivré', alreadyIssued: 'déjà délivré', refused: 'refusé' }
  const verdicts: Record<string, string> = { valid: 'valable', invalid: 'refusé', indeterminate: 'incertain' }
  say(`\n${'ligne'.padEnd(6)}${'reçu'.padEnd(14)}${'vérification'.padEnd(14)}page du badge`)
  for (const { line, outcome, verdict, credential } of rows) {
    say(
      `${String(line).padEnd(6)}${(outcomes[outcome] ?? outcome).padEnd(14)}${(verdicts[verdict] ?? verdict).padEnd(14)}${credential}`,
    )
  }
  const valid = rows.filter((row) => row.verdict === 'valid').length
  say(
    `\n${rows.length} acquis, ${valid} badges valables, ${rows.length - valid} révoqué. Un autre organisme a tenté de révoquer : réponse ${refused}.`,
  )
  say('Les badges (PNG et SVG) sont dans out/. Vérifiez-en un : npm run verify -- out/badge-02.png --allow-loopback')
  if (rows.length !== 12 || valid !== 11 || refused !== 403)
    throw new Error('La démonstration n’a pas donné le résultat attendu.')
}

/** Sample people who may sign in, each to a space with something in it. */
async function openSpaces({ app, database, vault }: Service, address: string): Promise<void> {
  const officer = caller(address, signToken(app, { sub: 'demo', role: 'instructeur' }, 1))
  const { items } = (await officer.post('/habilitations/imports', REQUESTS)) as { items: Receipt[] }
  const refused = items.find((one) => one.outcome === 'refused')
  if (refused) throw new Error(refused.problem?.message)
  say('\nPour entrer dans chaque espace : /connexion avec l’adresse, puis le lien qui arrive sur /messages.')
  for (const [email, role, organisation, page] of SPACES) {
    if (role) await unlessHeld(giveGrantTo(database.db, vault, { email, role, organisation, grantedBy: 'demo' }))
    say(`${email.padEnd(34)}${page}`)
  }
  for (const page of ['/verifier', '/cartographie/editions/1']) say(`${'sans adresse'.padEnd(34)}${page}`)
}

async function unlessHeld(given: Promise<unknown>): Promise<void> {
  try {
    await given
  } catch (error) {
    if (!(error instanceof DomainError && error.code === 'grant_held')) throw error
  }
}

type Caller = ReturnType<typeof caller>

/** Calls the API as the bearer of a token; throws the problem's own words when it answers one. */
function caller(address: string, token: string) {
  const call = async (
    path: string,
    body?: Json | Json[] | Buffer,
    type = 'application/json',
    method = body === undefined ? 'GET' : 'POST',
  ) =>
    fetch(`${address}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body !== undefined && { 'content-type': type }) },
      ...(body !== undefined && { body: body instanceof Buffer ? new Uint8Array(body) : JSON.stringify(body) }),
    })
  const answer = async (response: Response): Promise<Json> => {
    const json = (await response.json()) as Json
    if (!response.ok) throw new Error(`${String(json['detail'])} ${String(json['mend'])}`)
    return json
  }
  return {
    get: async (path: string) => answer(await call(path)),
    post: async (path: string, body: Json | Json[] | Buffer, type?: string) => answer(await call(path, body, type)),
    put: async (path: string, body: Json) => answer(await call(path, body, 'application/json', 'PUT')),
    status: async (path: string, body: Json) => (await call(path, body)).status,
    /** Creates what may already be there. */
    ensure: async (path: string, body: Json) => {
      const response = await call(path, body)
      if (response.status !== 409) await answer(response)
    },
    bytes: async (path: string) => Buffer.from(await (await fetch(address + path)).arrayBuffer()),
  }
}
