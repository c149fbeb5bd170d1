import { randomUUID } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { describe, expect } from 'vitest'
import { peopleWithTwoModules } from '../src/conseillers/milestone.ts'
import { continuingRule } from '../src/conseillers/trainings.ts'
import { rows } from '../src/db.ts'
import { type Actor, actor, type Json, signedIn } from './support/actors.ts'
import { test, type TestService } from './support/app.ts'
import { aRow, aSession, aTrainer, csvOf, sendCsv, type Trainer } from './support/factories.ts'

const PATH = '/api/v1/conseillers'
const anEmail = (): string => `personne-${randomUUID()}@exemple.invalid`

type Employer = Actor & { slug: string }
async function anEmployer(service: TestService): Promise<Employer> {
  const { slug } = await aTrainer(service)
  return { ...actor(service, 'employeur', slug), slug }
}

/** Declares a contract, and answers it. */
async function aContract(employer: Employer, given: Json = {}): Promise<Json> {
  const { status, body } = await declare(employer, given)
  expect(status, JSON.stringify(body)).toBe(201)
  return body
}
const declare = ({ slug, post }: Employer, given: Json = {}) =>
  post(`${PATH}/contracts`, {
    organisation: slug,
    email: anEmail(),
    givenName: 'Zoé',
    familyName: 'Exemple',
    type: 'CDD',
    typologie: 'conum',
    startsOn: '2024-03-01',
    ...given,
  })

const trainingRow = (given: Json = {}) => ({
  email: anEmail(),
  given_name: 'Zoé',
  family_name: 'Exemple',
  label: 'CCP1',
  parcours: '175h',
  date_debut: '2024-03-10',
  ...given,
})
const sendRows = (trainer: Trainer, sent: unknown[]) =>
  trainer.post(`${PATH}/initial-trainings`, { organisation: trainer.slug, rows: sent })

/** Completes a module on a day, and waits for its badge; answers the badge's id. */
async function complete(service: TestService, trainer: Trainer, email: string, module: string, day: string) {
  const session = await aSession(trainer, { module, startsOn: day, endsOn: day })
  const { receipts } = await sendCsv(service, trainer, session, csvOf([aRow(1, { email, completed_on: day })]))
  return String(receipts[0]!['credential']).split('/').at(-1)!
}

const refusal = (status: number, code: string) => ({ status, body: { code, mend: expect.any(String) } })

describe('contracts', () => {
  test('an employer declares contracts of the same person, one after the other, and reads them again', async ({
    service,
  }) => {
    const employer = await anEmployer(service)
    const email = anEmail()
    const first = await aContract(employer, { email, startsOn: '2023-01-02', endsOn: '2023-12-31' })
    expect(first).toEqual({
      id: expect.any(String),
      person: { id: expect.any(String), email, givenName: 'Zoé', familyName: 'Exemple' },
      type: 'CDD',
      typologie: 'conum',
      signedOn: null,
      startsOn: '2023-01-02',
      endsOn: '2023-12-31',
      endedOn: null,
      endedReason: null,
      commitment: { deadline: null, state: 'missing', current: null, former: [] },
    })
    const second = await aContract(employer, { email: email.toUpperCase(), type: 'CDI', typologie: 'coordo' })
    expect(second['person'].id).toBe(first['person'].id)

    const list = `${PATH}/contracts?organisation=${employer.slug}`
    const page = (await employer.get(`${list}&limit=1`)).body
    const next = (await employer.get(`${list}&limit=1&after=${String(page['next'])}`)).body
    expect([...page['items'], ...next['items']]).toEqual(
      [first, second].toSorted((a, b) => (a['id'] < b['id'] ? -1 : 1)),
    )
    expect(next['next']).toBe(null)
    const one = await employer.get(`${PATH}/contracts/${first['id']}?organisation=${employer.slug}`)
    expect(one.body).toEqual(first)
  })

  test('a person in two structures: one person, and each employer sees its own contract alone', async ({ service }) => {
    const [here, there] = [await anEmployer(service), await anEmployer(service)]
    const email = anEmail()
    const mine = await aContract(here, { email })
    const theirs = await aContract(there, { email, givenName: 'Zoë' })
    expect(theirs['person'].id).toBe(mine['person'].id)
    // Each reads the name that it declared, never what the other did.
    expect([mine['person'].givenName, theirs['person'].givenName]).toEqual(['Zoé', 'Zoë'])
    expect((await here.get(`${PATH}/contracts?organisation=${here.slug}`)).body['items']).toEqual([mine])
    for (const path of ['', '/end', '/commitment']) {
      const url = `${PATH}/contracts/${String(theirs['id'])}${path}`
      const body = {
        '/end': { organisation: here.slug, endedOn: '2024-06-30', reason: 'Essai' },
        '/commitment': { organisation: here.slug, agreedOn: '2024-03-01', content: 'Deux modules' },
      }[path]
      const answer = body ? here.post(url, body) : here.get(`${url}?organisation=${here.slug}`)
      expect(await answer, path).toMatchObject(refusal(404, 'not_found'))
      const named = body
        ? here.post(url, { ...body, organisation: there.slug })
        : here.get(`${url}?organisation=${there.slug}`)
      expect(await named, path).toMatchObject(refusal(403, 'forbidden'))
    }
    const unchanged = await there.get(`${PATH}/contracts/${String(theirs['id'])}?organisation=${there.slug}`)
    expect(unchanged.body).toEqual(theirs)
  })

  test.for<[string, Json, string]>([
    ['that ends before it starts', { startsOn: '2024-03-01', endsOn: '2024-02-29' }, 'contract_days'],
    ['without end that has one', { type: 'CDI', endsOn: '2025-03-01' }, 'contract_term'],
    ['signed on a day to come', { signedOn: '2099-01-01' }, 'date_in_future'],
    ['of an unknown type', { type: 'stage' }, 'invalid_fields'],
    ['of an unknown post', { typologie: 'mediateur' }, 'invalid_fields'],
    ['from a day that does not exist', { startsOn: '2023-02-29' }, 'invalid_fields'],
    ['of nobody', { familyName: ' ' }, 'invalid_fields'],
  ])('a contract %s is refused, and nobody is remembered', async ([, given, code], { service }) => {
    const employer = await anEmployer(service)
    const count = async () => (await rows<{ n: number }>(service.db, sql`select count(*)::int as n from people`))[0]!.n
    const before = await count()
    expect(await declare(employer, given)).toMatchObject(refusal(422, code))
    expect(await count()).toBe(before)
    expect((await employer.get(`${PATH}/contracts?organisation=${employer.slug}`)).body['items']).toEqual([])
  })

  test('the same contract twice is one, also when both come at once', async ({ service }) => {
    const employer = await anEmployer(service)
    const email = anEmail()
    const answers = await Promise.all([1, 2].map(() => declare(employer, { email })))
    expect(answers.map((one) => String(one.status)).toSorted()).toEqual(['201', '409'])
    expect(answers.find((one) => one.status === 409)).toMatchObject(refusal(409, 'contract_known'))
    expect((await employer.get(`${PATH}/contracts?organisation=${employer.slug}`)).body['items']).toHaveLength(1)
  })

  test('it ends before its term, once, and the day may be corrected; why is sealed and not in the journal', async ({
    service,
  }) => {
    const employer = await anEmployer(service)
    const { id } = await aContract(employer, { endsOn: '2026-02-28' })
    const end = (given: Json) =>
      employer.post(`${PATH}/contracts/${String(id)}/end`, {
        organisation: employer.slug,
        reason: 'Départ volontaire',
        ...given,
      })
    expect(await end({ endedOn: '2024-02-29' })).toMatchObject(refusal(422, 'contract_days'))
    expect(await end({ endedOn: '2026-03-01' })).toMatchObject(refusal(422, 'contract_term'))
    expect(await end({ endedOn: '2025-06-30' })).toMatchObject({
      status: 200,
      body: { id, endsOn: '2026-02-28', endedOn: '2025-06-30', endedReason: 'Départ volontaire' },
    })
    expect((await end({ endedOn: '2025-06-30', reason: 'Autre motif' })).body['endedReason']).toBe('Départ volontaire')
    expect((await end({ endedOn: '2025-07-31' })).body['endedOn']).toBe('2025-07-31')
    const lines = await rows<Json>(
      service.db,
      sql`select reason, details from journal where subject = ${`contract:${String(id)}`} and action = 'contract.ended' order by position`,
    )
    expect(lines).toEqual([
      { reason: null, details: '{"endedOn":"2025-06-30"}' },
      { reason: null, details: '{"endedOn":"2025-07-31","before":"2025-06-30"}' },
    ])
  })

  test('an employer that waits for approval declares nothing and reads no training; a known structure does', async ({
    service,
  }) => {
    const employer = await anEmployer(service)
    const state = (to: string) =>
      service.db.execute(sql`update organisations set state = ${to} where slug = ${employer.slug}`)
    await state('pending')
    expect(await declare(employer)).toMatchObject(refusal(409, 'organisation_not_approved'))
    for (const path of [`lateness`, `${randomUUID()}/training`]) {
      expect(await employer.get(`${PATH}/${path}?organisation=${employer.slug}`), path).toMatchObject(
        refusal(409, 'organisation_not_approved'),
      )
    }
    await state('known')
    expect((await declare(employer)).status).toBe(201)
  })
})

describe('the training commitment of the employer', () => {
  const attach = (employer: Employer, id: unknown, given: Json = {}) =>
    employer.post(`${PATH}/contracts/${String(id)}/commitment`, {
      organisation: employer.slug,
      agreedOn: '2024-02-20',
      content: 'Deux modules thématiques la première année',
      ...given,
    })

  test('is due on the day of signature; attached, it is on time or late, and amendments keep the former ones', async ({
    service,
  }) => {
    const employer = await anEmployer(service)
    const { id, commitment } = await aContract(employer, { signedOn: '2024-02-20' })
    expect(commitment).toEqual({ deadline: '2024-02-20', state: 'missing_late', current: null, former: [] })
    const { status, body } = await attach(employer, id, { documentReference: 'Annexe 3' })
    expect([status, body['commitment']]).toEqual([
      201,
      {
        deadline: '2024-02-20',
        state: 'attached',
        current: {
          agreedOn: '2024-02-20',
          content: 'Deux modules thématiques la première année',
          documentReference: 'Annexe 3',
          recordedBy: 'test-employeur',
          recordedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
        },
        former: [],
      },
    ])
    // The same again is the same; another one amends it, and does not make it late.
    expect((await attach(employer, id, { documentReference: 'Annexe 3' })).body).toEqual(body)
    const amended = (await attach(employer, id, { agreedOn: '2025-01-15', content: '14 heures de plus' })).body[
      'commitment'
    ]
    expect(amended).toMatchObject({
      state: 'attached',
      current: { agreedOn: '2025-01-15', content: '14 heures de plus', documentReference: null },
      former: [body['commitment'].current],
    })

    const late = await aContract(employer, { signedOn: '2024-02-20' })
    expect((await attach(employer, late['id'], { agreedOn: '2024-02-21' })).body['commitment'].state).toBe(
      'attached_late',
    )
    const unsigned = await aContract(employer)
    expect((await attach(employer, unsigned['id'])).body['commitment']).toMatchObject({
      deadline: null,
      state: 'attached',
    })
  })

  test('is refused empty, too long or agreed on a day to come; its words are sealed', async ({ service }) => {
    const employer = await anEmployer(service)
    const { id } = await aContract(employer)
    expect(await attach(employer, id, { content: ' ' })).toMatchObject(refusal(422, 'invalid_fields'))
    expect(await attach(employer, id, { content: 'x'.repeat(2001) })).toMatchObject(refusal(422, 'invalid_fields'))
    expect(await attach(employer, id, { agreedOn: '2099-01-01' })).toMatchObject(refusal(422, 'date_in_future'))
    await attach(employer, id, { content: 'Zoé suivra deux modules', documentReference: 'Dossier de Zoé' })
    const kept = await rows(service.db, sql`select * from training_commitments where contract_id = ${String(id)}`)
    expect(kept).toHaveLength(1)
    expect(JSON.stringify(kept)).not.toContain('Zoé')
    const journal = await rows(service.db, sql`select * from journal where subject = ${`contract:${String(id)}`}`)
    expect(journal).toHaveLength(2)
    expect(JSON.stringify(journal)).not.toContain('Zoé')
  })

  test('two at once are both kept, one after the other', async ({ service }) => {
    const employer = await anEmployer(service)
    const { id } = await aContract(employer)
    await Promise.all(['Deux modules', '14 heures'].map((content) => attach(employer, id, { content })))
    const { commitment } = (await employer.get(`${PATH}/contracts/${String(id)}?organisation=${employer.slug}`)).body
    expect([commitment.current, commitment.former[0]].map((one) => String(one.content)).toSorted()).toEqual([
      '14 heures',
      'Deux modules',
    ])
  })
})

describe('initial trainings', () => {
  test('rows are kept with a receipt each; again they change nothing, and otherwise are corrected', async ({
    service,
  }) => {
    const trainer = await aTrainer(service)
    const sent = [
      trainingRow({
        lot: 'Lot 4',
        marche_formation: 'Marché 2024',
        lieu: 'Lyon',
        observations: 'Absence de Zoé le 12',
      }),
      trainingRow({ label: 'CCP3' }),
      trainingRow({ parcours: '420h', label: null, remn: true, pix: true }),
      trainingRow({ parcours: '135h' }),
      'texte',
    ]
    const { status, body } = await sendRows(trainer, sent)
    expect(status).toBe(201)
    expect(body['receipts']).toEqual([
      { line: 1, outcome: 'kept', id: expect.any(String), unusual: false },
      { line: 2, outcome: 'refused', problem: expect.objectContaining({ column: 'label', code: 'label_invalid' }) },
      { line: 3, outcome: 'kept', id: expect.any(String), unusual: true },
      {
        line: 4,
        outcome: 'refused',
        problem: expect.objectContaining({ column: 'parcours', code: 'parcours_invalid' }),
      },
      { line: 5, outcome: 'refused', problem: expect.objectContaining({ column: null, code: 'row_invalid' }) },
    ])
    const [first, , third] = body['receipts'] as Json[]

    const again = (await sendRows(trainer, [{ ...(sent[0] as Json), pix: true }, sent[2]])).body['receipts']
    expect(again).toEqual([
      { line: 1, outcome: 'corrected', id: first!['id'], unusual: false },
      { line: 2, outcome: 'alreadyKept', id: third!['id'], unusual: true },
    ])
    const list = `${PATH}/initial-trainings?organisation=${trainer.slug}`
    const page = (await trainer.get(`${list}&limit=1`)).body
    const next = (await trainer.get(`${list}&limit=1&after=${String(page['next'])}`)).body
    expect(next['next']).toBe(null)
    const items = [...page['items'], ...next['items']]
    expect(items.find((one) => one.id === first!['id'])).toEqual({
      id: first!['id'],
      person: { id: expect.any(String), email: (sent[0] as Json)['email'], givenName: 'Zoé', familyName: 'Exemple' },
      label: 'CCP1',
      parcours: '175h',
      lot: 'Lot 4',
      marcheFormation: 'Marché 2024',
      lieu: 'Lyon',
      startsOn: '2024-03-10',
      endsOn: null,
      pix: true,
      remn: null,
      observations: 'Absence de Zoé le 12',
      unusual: false,
      shown: ['CCP1', 'PIX'],
    })
    expect(items.find((one) => one.id === third!['id'])).toMatchObject({ unusual: true, shown: ['REMN', 'PIX'] })
    const kept = await rows(service.db, sql`select * from initial_trainings where id = ${first!['id'] as string}`)
    expect(JSON.stringify(kept)).not.toContain('Zoé')
  })

  test('a file that repeats a person, the same file twice at once: one training each', async ({ service }) => {
    const trainer = await aTrainer(service)
    const row = trainingRow()
    const sent = [row, { ...row, email: row.email.toUpperCase(), label: 'CCP2' }, { ...row, date_debut: '2025-09-01' }]
    const answers = await Promise.all([1, 2].map(() => sendRows(trainer, sent)))
    const outcomes = answers.map(({ body }) => (body['receipts'] as Json[]).map((one) => one['outcome']).join())
    expect(outcomes.toSorted()).toEqual(['alreadyKept,refused,alreadyKept', 'kept,refused,kept'])
    expect(answers[0]!.body['receipts'][1].problem).toEqual({
      column: 'email',
      code: 'duplicate_row',
      message: 'Cette personne figure déjà à la ligne 1, avec la même date de début.',
      mend: 'Gardez une seule ligne par personne et par formation.',
    })
    const { items } = (await trainer.get(`${PATH}/initial-trainings?organisation=${trainer.slug}`)).body
    expect((items as Json[]).map((one) => `${one['startsOn']} ${one['label']}`).toSorted()).toEqual([
      '2024-03-10 CCP1',
      '2025-09-01 CCP1',
    ])
  })

  test('an organisation that waits for approval records none, and the database holds the words of the facts', async ({
    service,
  }) => {
    const trainer = await aTrainer(service)
    await sendRows(trainer, [trainingRow()])
    const set = (change: ReturnType<typeof sql>) =>
      service.db
        .transaction((tx) => tx.execute(sql`update initial_trainings set ${change}`))
        .then(
          () => null,
          (error: Error) => JSON.stringify(error.cause, Object.getOwnPropertyNames(error.cause)),
        )
    expect(await set(sql`label = 'REMN'`)).toContain('initial_training_label_known')
    expect(await set(sql`parcours = '135h'`)).toContain('initial_training_parcours_known')
    expect(await set(sql`ends_on = '2020-01-01'`)).toContain('initial_training_days_in_order')
    await service.db.execute(sql`update organisations set state = 'pending' where slug = ${trainer.slug}`)
    expect(await sendRows(trainer, [trainingRow()])).toMatchObject(refusal(409, 'organisation_not_approved'))
  })
})

describe('continuing training', () => {
  /** Someone of an employer, who entered initial training on 10 March 2024. */
  async function aConseiller(service: TestService, employer: Employer, trainer: Trainer) {
    const person = await signedIn(service)
    const { email } = person
    await aContract(employer, { email, type: 'CDI', signedOn: '2024-02-20' })
    await sendRows(trainer, [trainingRow({ email, observations: 'Remarque' })])
    return person
  }
  const brief = (body: Json) =>
    (body['dues'] as Json[]).map(
      (one) => `${one['rule']} ${one['number']} ${one['dueOn']} ${one['module']} ${one['doneOn']} ${one['late']}`,
    )

  test('the modules that count are those of the path; dues are read by the person, the employer and the operator', async ({
    service,
  }) => {
    const rule = await continuingRule(service.db)
    expect(rule).toMatchObject({
      firstYear: 2,
      eachYear: 1,
      modules: expect.arrayContaining(['numerique-parentalite']),
    })
    expect(rule.modules).not.toContain('ccp1-remn')
    const [employer, trainer] = [await anEmployer(service), await aTrainer(service)]
    const person = await aConseiller(service, employer, trainer)
    await complete(service, trainer, person.email, 'numerique-sante', '2024-06-01')
    await complete(service, trainer, person.email, 'numerique-sante', '2024-07-01') // the same module again
    await complete(service, trainer, person.email, 'aidants-connect', '2024-08-01') // not of the path
    await complete(service, trainer, person.email, 'gestion-des-conflits', '2025-04-01')

    const expected = [
      'first_year 1 2025-03-10 numerique-sante 2024-06-01 false',
      'first_year 2 2025-03-10 gestion-des-conflits 2025-04-01 true',
      'calendar_year 1 2026-12-31 null null false',
    ]
    const own = (await person.get(`${PATH}/training?on=2026-03-31`)).body
    expect(brief(own)).toEqual(expected)
    expect(own).toMatchObject({
      enteredOn: '2024-03-10',
      initialTrainings: [{ shown: ['CCP1'], observations: 'Remarque', unusual: false }],
      contracts: [{ employer: { slug: employer.slug }, commitment: { state: 'missing_late' } }],
    })
    const url = `${PATH}/${person.personId}/training?organisation=${employer.slug}`
    for (const who of [employer, actor(service, 'exploitant'), actor(service, 'administrateur', employer.slug)]) {
      const { body } = await who.get(`${url}&on=2026-03-31`)
      expect(brief(body)).toEqual(expected)
      expect(body['initialTrainings'][0]).toMatchObject({ shown: ['CCP1'], startsOn: '2024-03-10' })
      // An employer reads neither what the training organisation observed nor other contracts.
      expect(Object.keys(body['initialTrainings'][0])).not.toContain('observations')
      expect(Object.keys(body).toSorted()).toEqual(['dues', 'enteredOn', 'initialTrainings'])
    }
    // A clock that jumps: each day answers as it did.
    expect(brief((await employer.get(`${url}&on=2024-06-30`)).body)).toEqual([
      'first_year 1 2025-03-10 numerique-sante 2024-06-01 false',
      'first_year 2 2025-03-10 null null false',
    ])
    expect(brief((await employer.get(`${url}&on=2024-03-09`)).body)).toEqual([])
    expect(brief((await employer.get(`${url}&on=2026-03-31`)).body)).toEqual(expected)
    const [read] = await rows<Json>(
      service.db,
      sql`select person_id, count(*)::int as n from journal where action = 'conseillers.training_read' and person_id = ${person.personId} group by 1`,
    )
    expect(read!['n']).toBe(6)
  })

  test('an employer reads nothing of someone who has no contract there, or no longer', async ({ service }) => {
    const [employer, other, trainer] = [await anEmployer(service), await anEmployer(service), await aTrainer(service)]
    const person = await aConseiller(service, employer, trainer)
    const ask = (who: Employer) => who.get(`${PATH}/${person.personId}/training?organisation=${who.slug}`)
    expect((await ask(employer)).status).toBe(200)
    expect(await ask(other)).toMatchObject(refusal(404, 'not_found'))
    const { body } = await employer.get(`${PATH}/contracts?organisation=${employer.slug}`)
    await employer.post(`${PATH}/contracts/${String(body['items'][0].id)}/end`, {
      organisation: employer.slug,
      endedOn: '2025-06-30',
      reason: 'Départ',
    })
    expect(await ask(employer)).toMatchObject(refusal(404, 'not_found'))
    // Nothing falls due after the last contract; what fell due before stays.
    const own = (await person.get(`${PATH}/training?on=2026-03-31`)).body
    expect(brief(own)).toEqual(['first_year 1 2025-03-10 null null true', 'first_year 2 2025-03-10 null null true'])
  })

  test('the badge of a module that is revoked no longer meets a due', async ({ service }) => {
    const [employer, trainer] = [await anEmployer(service), await aTrainer(service)]
    const person = await aConseiller(service, employer, trainer)
    const badge = await complete(service, trainer, person.email, 'numerique-sante', '2024-06-01')
    const dues = async () => brief((await person.get(`${PATH}/training?on=2024-12-31`)).body)
    expect((await dues())[0]).toBe('first_year 1 2025-03-10 numerique-sante 2024-06-01 false')
    await trainer.post(`/api/v1/credentials/${badge}/revocation`, { reason: 'Erreur de saisie' })
    expect((await dues())[0]).toBe('first_year 1 2025-03-10 null null false')
  })

  test('an employer counts who is late, on time, not yet due or unknown, and lists the late ones page by page', async ({
    service,
  }) => {
    const [employer, trainer] = [await anEmployer(service), await aTrainer(service)]
    const late = [await aConseiller(service, employer, trainer), await aConseiller(service, employer, trainer)]
    const onTime = await aConseiller(service, employer, trainer)
    for (const module of ['numerique-sante', 'numerique-parentalite']) {
      await complete(service, trainer, onTime.email, module, '2024-06-01')
    }
    const recent = anEmail()
    await aContract(employer, { email: recent, endsOn: '2026-12-31' })
    await sendRows(trainer, [trainingRow({ email: recent, date_debut: '2024-12-20' })])
    await aContract(employer) // whose initial training nobody recorded
    await aContract(employer, { startsOn: '2023-01-01', endsOn: '2023-12-31' }) // gone
    await aContract(employer, { startsOn: '2025-07-01' }) // to come

    const url = `${PATH}/lateness?organisation=${employer.slug}&on=2025-06-30`
    const first = (await employer.get(`${url}&limit=1`)).body
    const second = (await employer.get(`${url}&limit=1&after=${String(first['next'])}`)).body
    expect(first['counts']).toEqual({ late: 2, onTime: 1, notYetDue: 1, unknown: 1 })
    expect(second).toMatchObject({ day: '2025-06-30', counts: first['counts'], next: null })
    const listed = [...first['items'], ...second['items']]
    expect(listed.map((one) => one.person.id)).toEqual(late.map((one) => one.personId).toSorted())
    expect(listed[0]).toEqual({
      person: { id: expect.any(String), email: expect.any(String), givenName: 'Zoé', familyName: 'Exemple' },
      enteredOn: '2024-03-10',
      dues: [1, 2].map((number) => ({
        rule: 'first_year',
        number,
        dueOn: '2025-03-10',
        doneOn: null,
        module: null,
        late: true,
      })),
    })
    const before = (await employer.get(`${PATH}/lateness?organisation=${employer.slug}&on=2025-03-10`)).body
    expect(before).toMatchObject({ counts: { late: 0, onTime: 1, notYetDue: 3, unknown: 1 }, items: [], next: null })
  })

  test('what is one’s own is for a person who signed in, and empty for who is no conseillère or conseiller', async ({
    service,
  }) => {
    expect(await actor(service, 'titulaire').get(`${PATH}/training`)).toMatchObject(refusal(403, 'forbidden'))
    expect((await (await signedIn(service)).get(`${PATH}/training`)).body).toEqual({
      enteredOn: null,
      dues: [],
      initialTrainings: [],
      contracts: [],
    })
  })

  test('two modules in the first year are known with their badges, while these are good', async ({ service }) => {
    const { db } = service
    const [employer, trainer] = [await anEmployer(service), await aTrainer(service)]
    const [done, tooLate, one] = [
      await aConseiller(service, employer, trainer),
      await aConseiller(service, employer, trainer),
      await aConseiller(service, employer, trainer),
    ]
    const first = await complete(service, trainer, done.email, 'numerique-sante', '2024-06-01')
    await complete(service, trainer, done.email, 'numerique-sante', '2024-07-01')
    const second = await complete(service, trainer, done.email, 'gestion-des-conflits', '2025-03-10')
    await complete(service, trainer, tooLate.email, 'numerique-sante', '2024-06-01')
    await complete(service, trainer, tooLate.email, 'gestion-des-conflits', '2025-03-11')
    await complete(service, trainer, one.email, 'numerique-sante', '2024-06-01')
    const people = [done, tooLate, one].map((each) => each.personId)

    expect(await peopleWithTwoModules(db, people)).toEqual([{ personId: done.personId, parts: [first, second] }])
    expect(await peopleWithTwoModules(db, [])).toEqual([])
    const change = (kind: string) => trainer.post(`/api/v1/credentials/${second}/${kind}`, { reason: 'Vérification' })
    await change('suspension')
    expect(await peopleWithTwoModules(db, people)).toEqual([])
    await change('restoration')
    expect(await peopleWithTwoModules(db, people)).toHaveLength(1)
    await change('revocation')
    expect(await peopleWithTwoModules(db, people)).toEqual([])
  })

  test('the milestone of the first year comes by itself, whichever is recorded last: a module or the initial training', async ({
    service,
  }) => {
    const trainer = await aTrainer(service)
    const people = [await signedIn(service), await signedIn(service)]
    const [before, after] = [people[0]!, people[1]!]
    const milestones = async () => {
      await service.queue.idle()
      const { items } = (await trainer.get(`/api/v1/credentials?organisation=${trainer.slug}`)).body
      return (items as Json[]).filter((one) => one['achievement'].slug === 'etape-deux-modules-conseiller').length
    }
    await sendRows(trainer, [trainingRow({ email: before.email })])
    for (const { email } of people) {
      await complete(service, trainer, email, 'numerique-sante', '2024-06-01')
      expect(await milestones()).toBe(0)
    }
    await complete(service, trainer, before.email, 'gestion-des-conflits', '2024-07-01')
    expect(await milestones()).toBe(1)
    await complete(service, trainer, after.email, 'gestion-des-conflits', '2024-07-01')
    expect(await milestones()).toBe(1)
    await sendRows(trainer, [trainingRow({ email: after.email })])
    expect(await milestones()).toBe(2)
    await sendRows(trainer, [trainingRow({ email: after.email, lieu: 'Lyon' })])
    expect(await milestones()).toBe(2)
    const won = await rows<{ id: string }>(
      service.db,
      sql`select c.person_id as id from credentials c join organisations o on o.id = c.organisation_id
        where o.slug = ${trainer.slug} and c.achievement_slug = 'etape-deux-modules-conseiller'`,
    )
    expect(won.map((one) => one.id).toSorted()).toEqual(people.map((one) => one.personId).toSorted())
  })
})
