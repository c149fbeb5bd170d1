import jsonld from 'jsonld'
import { expect } from 'vitest'
import { buildApp } from '../src/app.ts'
import { organisations } from '../src/organisations/organisations.sql.ts'
import { actor } from './support/actors.ts'
import { config, test, type TestService } from './support/app.ts'
import { aSession, aTrainer } from './support/factories.ts'
import { HOSTILE } from './support/hostile.ts'

const page = async ({ app }: TestService, url: string): Promise<string> =>
  (await app.inject({ url, headers: { accept: 'text/html' } })).body
const foundIn = (body: string): string | undefined => /role="status" class="found">([^<]*)</.exec(body)?.[1]
/** The names of the list of results, in its order. */
const listed = (body: string): string[] =>
  Array.from(
    body.matchAll(/<li>\s*<a href="\/(?:modules|organisations)\/[^"]+">([^<]+)<\/a>\s*<p>/g),
    ([, name]) => name!,
  )

test('badges and métiers are found whatever the accents and the case, and each filter narrows', async ({ service }) => {
  expect(foundIn(await page(service, '/badges'))).toBe('72 badges')
  const plain = await page(service, '/badges?q=accompagner+securite')
  expect(foundIn(plain)).toBe(foundIn(await page(service, '/badges?q=S%C3%89CURIT%C3%89+Accompagner')))
  const kinds = ['habilitation', 'block', 'milestone', 'module'].map(async (kind) =>
    Number.parseInt(foundIn(await page(service, `/badges?sorte=${kind}&q=`)) ?? '0', 10),
  )
  expect((await Promise.all(kinds)).reduce((sum, one) => sum + one, 0)).toBe(72)
  expect(await page(service, '/badges?competence=mediation/1.0/D5&niveau=5&famille=droits')).toContain(
    'Formation Aidants Connect',
  )
  expect(await page(service, '/badges?q=zzz')).toContain('Aucun badge ne répond')
  expect(foundIn(await page(service, '/metiers?q=mediatrice&nature=metier'))).toMatch(/^\d+ résultats?$/)
})

test('a module of which a source leaves something unsaid is shown apart, never left out in silence', async ({
  service,
}) => {
  const first = await page(service, '/modules')
  const all = [...listed(first), ...listed(await page(service, nextOf(first)))]
  expect(new Set(all).size).toBe(55)
  const short = await page(service, '/modules?heures=7')
  expect(foundIn(short)).toBe('8 modules')
  expect(short).toContain('autres à vérifier')
  const eligible = await page(service, '/modules?certification=cpf')
  expect(foundIn(eligible)).toBe('2 modules')
  expect(listed(eligible)).toHaveLength(3)
})

/** The address of the page after. */
const nextOf = (body: string): string =>
  /href="([^"]+)" rel="next"/
    .exec(body)![1]!
    .replaceAll('&amp;', '&')
    .replaceAll(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)))

test('organisations are found by name, département, badge and Qualiopi; only approved ones, page by page', async ({
  service,
}) => {
  const trainer = await aTrainer(service)
  await aSession(trainer, { departement: '974', hours: 7 })
  const operator = actor(service, 'exploitant')
  await operator.post(`/api/v1/organisations/${trainer.slug}/facts`, [
    { kind: 'qualiopi', value: 'oui', source: 'Registre d’essai', checkedOn: '2026-03-02' },
  ])
  await operator.post('/api/v1/organisations', { slug: 'oeuvre', name: 'L’ŒUVRE Élan 100 %', qualiopi: true })
  await service.db
    .insert(organisations)
    .values([
      { slug: 'attend', name: 'Attend une décision', state: 'pending' },
      ...Array.from({ length: 31 }, (_, n) => ({ slug: `suite-${n}`, name: 'Suite', state: 'approved' as const })),
    ])

  const there = await page(service, '/organisations?departement=974&qualiopi=controle&badge=aidants-connect')
  expect(listed(there)).toEqual([`Organisme ${trainer.slug}`])
  expect(there).toContain('Qualiopi, contrôlé le 2 mars 2026')
  expect(listed(await page(service, `/organisations?q=${encodeURIComponent("l'oeuvre elan")}`))).toHaveLength(1)
  expect(await page(service, '/organisations?q=oeuvre')).toContain('Qualiopi déclarée par l’organisme, non contrôlée')
  expect(listed(await page(service, '/organisations?q=%25&qualiopi=controle'))).toEqual([])
  expect(foundIn(await page(service, '/organisations?q=attend'))).toBeUndefined()

  const first = await page(service, '/organisations?q=suite')
  expect(foundIn(first)).toBe('31 organismes')
  expect([...listed(first), ...listed(await page(service, nextOf(first)))]).toHaveLength(31)
})

test('a filter that does not exist is refused in a sentence, and what was typed comes back as text', async ({
  service,
}) => {
  for (const url of [
    '/badges?niveau=9',
    '/modules?heures=-1',
    '/organisations?departement=XYZ',
    '/metiers?nature=autre',
  ]) {
    const { statusCode, body } = await service.app.inject({ url, headers: { accept: 'text/html' } })
    expect([statusCode, body.includes('Que faire')], url).toEqual([422, true])
  }
  for (const path of ['/badges', '/modules', '/metiers', '/organisations']) {
    const body = await page(service, `${path}?q=${encodeURIComponent(HOSTILE.quotes)}`)
    expect(body, path).toContain('svg/onload')
    expect(body, path).not.toContain('<svg/onload')
  }
})

const DESCRIBED: Record<string, string> = {
  '/': 'https://schema.org/WebSite',
  '/achievements/aidants-connect/1': 'https://schema.org/EducationalOccupationalCredential',
  '/modules/aidants-connect': 'https://schema.org/Course',
  '/parcours/mediateur-numerique': 'https://schema.org/EducationalOccupationalProgram',
  '/metiers/mediateur-numerique': 'https://schema.org/Occupation',
  '/referentiels/digcomp/3.0': 'https://schema.org/DefinedTermSet',
  '/referentiels/digcomp/3.0/2.1': 'http://www.w3.org/2004/02/skos/core#Concept',
  '/organisations/hostile': 'https://schema.org/EducationalOrganization',
}
type Quad = { subject: { value: string }; predicate: { value: string }; object: { value: string } }

test('each page says what it is about to machines, with no network, and its image can be shown', async ({
  service,
}) => {
  await actor(service, 'exploitant').post('/api/v1/organisations', {
    slug: 'hostile',
    name: `</script>${HOSTILE.script}`,
  })
  for (const [path, type] of Object.entries(DESCRIBED)) {
    const body = await page(service, path)
    const written = /<script type="application\/ld\+json">([\s\S]*?)<\/script>/.exec(body)![1]!
    const options = { safe: true, documentLoader: (url: string) => Promise.reject(new Error(url)) }
    const quads: Quad[] = await jsonld.toRDF(JSON.parse(written), options)
    const id = `https://insigne.test${path}`
    const types = quads.filter(({ subject, predicate }) => subject.value === id && predicate.value.endsWith('#type'))
    expect(
      types.map(({ object }) => object.value),
      path,
    ).toEqual([type])
    expect(body, path).toContain(`<link rel="canonical" href="${id}" />`)

    const image = /property="og:image" content="https:\/\/insigne\.test([^"]+)"/.exec(body)![1]!
    const { rawPayload, headers } = await service.app.inject(image)
    expect(headers['content-type'], image).toBe('image/png')
    expect([rawPayload.readUInt32BE(16), rawPayload.readUInt32BE(20)], image).toEqual([1200, 630])
  }
})

test('the legal pages give what the operator gave, and say what is missing', async ({ service }) => {
  expect(await page(service, '/mentions-legales')).toContain('Ces mentions sont incomplètes')
  const operator = {
    name: 'Exploitante d’essai',
    contact: 'contact@exemple.invalid',
    address: '1 rue de l’Exemple',
    director: 'Zoé Exemple-1',
    host: 'Hébergeur d’essai',
    hostAddress: '2 rue de l’Exemple, 01 00 00 00 00',
  }
  const app = await buildApp({ ...service, config: { ...config, operator } })
  const [legal, accessibility] = [
    (await app.inject('/mentions-legales')).body,
    (await app.inject('/accessibilite')).body,
  ]
  await app.close()
  expect(legal).not.toContain('incomplètes')
  for (const one of Object.values(operator)) expect(legal).toContain(one)
  expect(accessibility).toContain(operator.contact)
  expect(accessibility).toContain('<strong>non conforme</strong>')
})
