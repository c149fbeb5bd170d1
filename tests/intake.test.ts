import { sql } from 'drizzle-orm'
import { expect } from 'vitest'
import { rows } from '../src/db.ts'
import { actor, type Json } from './support/actors.ts'
import { test, type TestService } from './support/app.ts'
import { onPostgres } from './support/db.ts'
import { aRow, aSession, aTrainer, csvOf, HEADER, sendCsv, type Trainer } from './support/factories.ts'

const WRITTEN = ['campaigns', 'receipts', 'people', 'enrolments', 'completions', 'credentials', 'credential_events']

/** How many rows each table that an intake may write holds. */
async function written({ db }: TestService): Promise<Json> {
  const counts = WRITTEN.map(
    (table) => sql`select ${sql.raw(`'${table}'`)} as name, count(*)::int as n from ${sql.raw(table)}`,
  )
  const found = await rows<{ name: string; n: number }>(db, sql.join(counts, sql` union all `))
  return Object.fromEntries(found.map((one) => [one.name, one.n]))
}

const send = (trainer: Trainer, session: string, body: unknown, type = 'text/csv') =>
  trainer.post(`/api/v1/sessions/${session}/completions`, body, { 'content-type': type })

async function sendJson(service: TestService, trainer: Trainer, session: string, given: unknown[]) {
  const sent = await send(trainer, session, JSON.stringify(given), 'application/json')
  expect(sent.status).toBe(202)
  await service.queue.idle()
  const { body } = await trainer.get(`/api/v1/campaigns/${String(sent.body['campaign'])}/receipts?limit=1000`)
  return body['items'] as Json[]
}

const line = (cells: string[]): string => [HEADER, cells.join(',')].join('\n')
const RIGHT = Object.values(aRow(1))
const latin1 = Buffer.from(line(RIGHT), 'latin1')
const utf16 = Buffer.from(`\uFEFF${csvOf([aRow(1)])}`, 'utf16le')
const junk = Buffer.from(Uint8Array.from({ length: 4096 }, (_, index) => (index * 167) % 256))

test.for<[string, unknown, string, number, string, string]>([
  ['in Latin-1', latin1, 'text/csv', 400, 'csv_encoding', 'n’est pas un texte en UTF-8'],
  ['in UTF-16', utf16, 'text/csv', 400, 'csv_encoding', 'n’est pas un texte en UTF-8'],
  ['in UTF-16 without accents nor mark', Buffer.from('email,nom', 'utf16le'), 'text/csv', 400, 'csv_encoding', 'UTF-8'],
  ['of binary junk', junk, 'text/csv', 400, 'csv_encoding', 'n’est pas un texte en UTF-8'],
  ['that is empty', '', 'text/csv', 400, 'csv_empty', 'Le fichier est vide.'],
  ['of blank lines', '\n\r\n  \n', 'text/csv', 400, 'csv_empty', 'Le fichier est vide.'],
  ['with a header alone', HEADER, 'text/csv', 400, 'csv_empty', 'Le fichier n’a qu’une ligne d’en-tête.'],
  ['without a header', RIGHT.join(','), 'text/csv', 400, 'csv_header', 'Il manque dans l’en-tête : email, given_name'],
  [
    'without the column of e-mails',
    'given_name,family_name,completed_on,result\nA,B,2026-03-31,acquis',
    'text/csv',
    400,
    'csv_header',
    'Il manque dans l’en-tête : email.',
  ],
  [
    'with a column that nobody knows',
    `${HEADER},age\n${RIGHT.join(',')},42`,
    'text/csv',
    400,
    'csv_header',
    'La colonne « age » est inconnue.',
  ],
  [
    'with a column named as a property of every object',
    `${HEADER},constructor\n${RIGHT.join(',')},1`,
    'text/csv',
    400,
    'csv_header',
    'La colonne « constructor » est inconnue.',
  ],
  [
    'with a column twice',
    `${HEADER},Courriel\n${RIGHT.join(',')},x`,
    'text/csv',
    400,
    'csv_header',
    'La colonne « email » figure deux fois.',
  ],
  [
    'with a competence of another badge',
    `${HEADER},digcomp:1.1\n${RIGHT.join(',')},5`,
    'text/csv',
    400,
    'csv_header',
    'La compétence « digcomp:1.1 » n’est pas de celles que ce badge atteste',
  ],
  [
    'with a quote never closed',
    `${line(RIGHT)}\na@exemple.fr,"A,B,2026-03-31,acquis\nb@exemple.fr,A,B,2026-03-31,acquis\n`,
    'text/csv',
    400,
    'csv_malformed',
    'à partir de la ligne 3',
  ],
  [
    'of 65 megabytes',
    Buffer.alloc(65 * 1024 * 1024, 97),
    'text/csv',
    413,
    'too_large',
    'L’envoi dépasse la taille admise.',
  ],
  [
    'of JSON cut short',
    '[{"email":',
    'application/json',
    400,
    'malformed',
    'le JSON envoyé est incomplet ou mal formé',
  ],
  [
    'of JSON that is an object',
    '{"email":"a@exemple.fr"}',
    'application/json',
    400,
    'rows_expected',
    'en CSV ou en tableau JSON',
  ],
  ['of JSON that is a number', '5', 'application/json', 400, 'rows_expected', 'en CSV ou en tableau JSON'],
  ['of JSON that is null', 'null', 'application/json', 400, 'rows_expected', 'en CSV ou en tableau JSON'],
  ['of an empty array', '[]', 'application/json', 422, 'invalid_fields', 'minItems 1'],
  ['of plain text', csvOf([aRow(1)]), 'text/plain', 400, 'rows_expected', 'en CSV ou en tableau JSON'],
  ['of XML', '<a/>', 'application/xml', 415, 'unsupported', 'Ce format n’est pas pris en charge ici.'],
  [
    'of more than 100,000 rows',
    JSON.stringify(Array(100_001).fill(0)),
    'application/json',
    413,
    'too_large',
    'Un envoi compte au plus 100000 lignes.',
  ],
])(
  'a file %s is refused whole, and nothing of it is written',
  async ([, body, type, status, code, detail], { service }) => {
    const trainer = await aTrainer(service)
    const session = await aSession(trainer)
    const before = await written(service)
    const refused = await send(trainer, session, body, type)
    expect(refused).toMatchObject({
      status,
      body: { status, code, title: expect.any(String), mend: expect.stringMatching(/\p{L}/u) },
    })
    expect(refused.body['detail']).toContain(detail)
    expect(refused.response.headers['content-type']).toContain('application/problem+json')
    expect(await written(service)).toEqual(before)
  },
)

test('a file with a fault on its last line writes nothing of the two thousand before', async ({ service }) => {
  const trainer = await aTrainer(service)
  const session = await aSession(trainer, { capacity: 5000 })
  const before = await written(service)
  const csv = `${csvOf(Array.from({ length: 2000 }, (_, index) => aRow(index)))}\n"jamais fermé`
  expect(await send(trainer, session, csv)).toMatchObject({ status: 400, body: { code: 'csv_malformed', line: 2002 } })
  expect(await written(service)).toEqual(before)
})

test('nothing sent, without a type, is refused', async ({ service }) => {
  const trainer = await aTrainer(service)
  const { status, body } = await trainer.post(`/api/v1/sessions/${await aSession(trainer)}/completions`)
  expect({ status, code: body['code'] }).toEqual({ status: 400, code: 'rows_expected' })
})

test('a wrong row is refused alone, with its line, its column, why and how to mend it; the others are issued', async ({
  service,
}) => {
  const trainer = await aTrainer(service)
  const session = await aSession(trainer, { capacity: 3 })
  const wrong: [Record<string, string>, string | null, string, RegExp][] = [
    [{ email: 'zoe@' }, 'email', 'email_invalid', /adresse électronique/],
    [{ given_name: '' }, 'given_name', 'name_invalid', /nom ou le prénom manque/],
    [{ family_name: 'Ex\u0007emple' }, 'family_name', 'character_invalid', /caractère invisible/],
    [{ completed_on: '30/02/2026' }, 'completed_on', 'date_invalid', /« 30\/02\/2026 » n’existe pas/],
    [{ completed_on: '2999-01-01' }, 'completed_on', 'date_future', /est à venir/],
    [
      { completed_on: '2026-03-30' },
      'completed_on',
      'date_before_session',
      /précède le début de la session \(2026-03-31\)/,
    ],
    [{ result: 'peut-être' }, 'result', 'result_invalid', /« peut-être » n’est pas reconnu/],
    [{ result: `${'a'.repeat(39)}😀` }, 'result', 'result_invalid', /😀/u],
    [{ result: 'non acquis' }, 'result', 'not_acquired', /aucun badge n’est délivré/],
    [{ 'digcomp:4.2': '9' }, 'digcomp:4.2', 'level_invalid', /« 9 » n’existe pas pour digcomp:4.2/],
    [{ 'digcomp:4.2': 'cinq' }, 'digcomp:4.2', 'level_invalid', /« cinq »/],
    [{ evidence_url: 'javascript:alert(1)' }, 'evidence_url', 'url_invalid', /adresse de la preuve/],
    [{ narrative: 'a'.repeat(5001) }, 'narrative', 'narrative_too_long', /5 000 caractères/],
    [{ email: 'personne1@exemple.invalid' }, 'email', 'duplicate_learner', /déjà à la ligne 2/],
  ]
  const columns = { 'digcomp:4.2': '5', evidence_url: 'https://exemple.fr/a b', narrative: '' }
  const people = [
    aRow(1, columns),
    ...wrong.map(([given], index) => aRow(100 + index, { ...columns, ...given })),
    aRow(2, columns),
    aRow(3, columns),
    aRow(4, columns),
  ]
  const { campaign, receipts } = await sendCsv(
    service,
    trainer,
    session,
    `${csvOf(people)}\nseule@exemple.invalid,Seule`,
  )

  expect(campaign).toMatchObject({
    state: 'done',
    counts: { received: 19, issued: 3, alreadyIssued: 0, refused: 16, pending: 0 },
  })
  for (const [index, [, column, code, message]] of wrong.entries()) {
    const receipt = receipts.find((one) => one['line'] === index + 3)!
    expect(receipt).toMatchObject({
      outcome: 'refused',
      problem: { column, code, mend: expect.stringMatching(/\p{L}.*\.$/u) },
    })
    expect(receipt['problem'].message).toMatch(message)
    expect(receipt['credential']).toBeUndefined()
  }
  expect(receipts.at(-2)).toMatchObject({ line: 19, problem: { column: 'email', code: 'session_full' } })
  expect(receipts.at(-1)).toMatchObject({ line: 20, problem: { column: null, code: 'cell_count' } })
  for (const { credential } of receipts.filter((one) => one['outcome'] === 'issued')) {
    const { body } = await actor(service).post('/api/v1/verifications', { url: credential })
    expect(body['verdict']).toBe('valid')
  }
  expect(service.failures).toEqual([])
})

test('JSON rows of a wrong shape are refused alone too', async ({ service }) => {
  const trainer = await aTrainer(service)
  const receipts = await sendJson(service, trainer, await aSession(trainer), [
    5,
    null,
    [],
    { ...aRow(1), age: 42 },
    { ...aRow(1), constructor: 'x' },
    { ...aRow(1), courriel: 'autre@exemple.invalid' },
    { ...aRow(1), given_name: { a: 1 } },
    { ...aRow(2), narrative: 'a\u0000b' },
    { ...aRow(3), narrative: '\uD800' },
    { ...aRow(4), 'a\u0000b': '1' },
    aRow(5),
  ])
  expect(receipts.map((one) => one['problem']?.code ?? one['outcome'])).toEqual([
    'row_shape',
    'row_shape',
    'row_shape',
    'column_unknown',
    'column_unknown',
    'column_twice',
    'issued',
    'character_invalid',
    'character_invalid',
    'column_unknown',
    'issued',
  ])
})

test('the rows of a spreadsheet in French and the same rows in JSON are the same rows', async ({ service }) => {
  const trainer = await aTrainer(service)
  const session = await aSession(trainer)
  const csv =
    '\uFEFFCourriel;Prénom;Nom;Date;Résultat;Preuve;Commentaire;digcomp@3.0:4.2\r\n' +
    'Zoe@Exemple.invalid;Zoé;Exemple;31/03/2026;Acquis;https://exemple.fr/a;"Un récit ;\r\nsur deux lignes";5\r\n'
  const first = await sendCsv(service, trainer, session, csv)
  expect(first.receipts).toMatchObject([{ line: 3, outcome: 'issued' }])
  const [again] = await sendJson(service, trainer, session, [
    {
      email: 'zoe@exemple.invalid',
      given_name: 'Zoé',
      family_name: 'Exemple',
      completed_on: '2026-03-31',
      result: 'acquis',
      evidence_url: 'https://exemple.fr/a',
      narrative: 'Un récit ;\r\nsur deux lignes',
      'digcomp:4.2': 5,
    },
  ])
  expect(again).toEqual({ line: 1, outcome: 'alreadyIssued', credential: first.receipts[0]!['credential'] })
  const { body } = await actor(service).get(`${new URL(String(again!['credential'])).pathname}.json`)
  expect(body['credentialSubject'].result).toMatchObject([
    { value: '5', resultDescription: expect.stringMatching(/#digcomp:4\.2$/) },
  ])
  expect(body['evidence']).toMatchObject([{ id: 'https://exemple.fr/a', narrative: 'Un récit ;\r\nsur deux lignes' }])
})

test('another result for someone already recorded is refused, and the first badge stays as it was', async ({
  service,
}) => {
  const trainer = await aTrainer(service)
  const session = await aSession(trainer)
  const first = await sendCsv(service, trainer, session, csvOf([aRow(1, { 'digcomp:4.2': '4' })]))
  const url = `${new URL(String(first.receipts[0]!['credential'])).pathname}.json`
  const { body: before } = await actor(service).get(url)
  const second = await sendCsv(
    service,
    trainer,
    session,
    csvOf([aRow(1, { 'digcomp:4.2': '5' }), aRow(2, { 'digcomp:4.2': '5' })]),
  )
  expect(second.receipts).toMatchObject([
    { outcome: 'refused', problem: { code: 'already_recorded' } },
    { outcome: 'issued' },
  ])
  expect((await actor(service).get(url)).body).toEqual(before)
})

test('who was enrolled keeps a place in a full session, however the address is written', async ({ service }) => {
  const trainer = await aTrainer(service)
  const session = await aSession(trainer, { capacity: 1 })
  const enrolled = await trainer.post(`/api/v1/sessions/${session}/enrolments`, [
    { email: 'Personne1@Exemple.invalid', givenName: 'Zoé', familyName: 'Exemple' },
  ])
  expect(enrolled).toMatchObject({ status: 201, body: { enrolled: 1, capacity: 1 } })
  const { receipts } = await sendCsv(service, trainer, session, csvOf([aRow(2), aRow(1)]))
  expect(receipts).toMatchObject([
    { line: 2, problem: { code: 'session_full' } },
    { line: 3, outcome: 'issued' },
  ])
})

test('the same file twice adds receipts and nothing else; sent by two people at once, each learner has one badge', async ({
  service,
}) => {
  const trainer = await aTrainer(service)
  const session = await aSession(trainer)
  const csv = csvOf(Array.from({ length: 10 }, (_, index) => aRow(index)))
  const start = await written(service)
  const both = await Promise.all([send(trainer, session, csv), send(trainer, session, csv)])
  expect(both.map((one) => one.status)).toEqual([202, 202])
  await service.queue.idle()
  const after = await written(service)
  for (const table of ['completions', 'enrolments', 'credentials', 'credential_events'])
    expect(after[table] - start[table]).toBe(10)

  const again = await sendCsv(service, trainer, session, csv)
  expect(again.campaign).toMatchObject({
    counts: { received: 10, alreadyIssued: 10, issued: 0, refused: 0, pending: 0 },
  })
  expect(await written(service)).toEqual({
    ...after,
    campaigns: after['campaigns'] + 1,
    receipts: after['receipts'] + 10,
  })
})

// The most that one sending holds; a tenth of it embedded, where each line takes as long as ten.
const most = onPostgres ? 100_000 : 10_000

test(`a file of ${most} lines for twelve places ends: twelve badges, and a reason for every other line`, async ({
  service,
}) => {
  const trainer = await aTrainer(service)
  const session = await aSession(trainer, { capacity: 12 })
  const csv = csvOf(Array.from({ length: most }, (_, index) => aRow(index)))
  const { campaign } = await sendCsv(service, trainer, session, csv)
  expect(campaign).toMatchObject({
    state: 'done',
    counts: { received: most, issued: 12, refused: most - 12, pending: 0 },
  })
  const { body } = await trainer.get(`/api/v1/campaigns/${String(campaign!['id'])}/receipts?after=${most}`)
  expect(body).toEqual({
    items: [expect.objectContaining({ line: most + 1, problem: expect.objectContaining({ code: 'session_full' }) })],
    next: null,
  })
})
