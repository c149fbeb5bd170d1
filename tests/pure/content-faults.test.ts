import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checkContent } from '../../src/cartography/content-set.ts'
import { readCsvList } from '../../src/cartography/csv-list.ts'
import { type ContentFile, type Doc, projectFiles } from '../../src/content.ts'
import { readYaml } from '../../src/content-yaml.ts'
import { DomainError } from '../../src/errors.ts'
import { findCycles } from '../../src/referential/cycles.ts'
import { aMutation, PLACELESS } from '../support/content-mutations.ts'

const FILES = projectFiles()
const DOCS = new Map(
  FILES.map((file): [string, Doc] => {
    const read = readYaml(file)
    if ('faults' in read) throw new Error(JSON.stringify(read.faults))
    return [file.name, read.doc]
  }),
)

/** What is said of the content of the project with one file otherwise; nothing when it is taken. */
function faultsWith(file: ContentFile): string[] {
  try {
    checkContent([...new Map<string, ContentFile | Doc>(DOCS).set(file.name, file).values()], [])
    return []
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== 'content_invalid') throw error
    return error.details['faults'] as string[]
  }
}
const said = (name: string, text: string) => faultsWith({ name, bytes: Buffer.from(text) })
const textOf = (name: string) => new TextDecoder().decode(FILES.find((one) => one.name === name)!.bytes)

test('the content of the project has no fault', () => {
  expect(checkContent(FILES, []).lists.length).toBeGreaterThan(2)
})

test('a fault of any kind, anywhere, is told with its file, its line, what it is and how to mend it', () => {
  expect(PLACELESS).toEqual([])
  fc.assert(
    fc.property(aMutation, ({ kind, name, text, line, says }) => {
      const faults = said(name, text)
      const mine = faults.filter((one) => one.startsWith(`${name}, ligne `))
      expect(mine.length, `${kind}: ${faults.join('\n')}`).toBeGreaterThan(0)
      const right = mine.find((one) => one.startsWith(`${name}, ligne ${line}, colonne `) && says.test(one))
      // A ring is told once, where it is entered: here or at another of its members.
      expect(
        right ?? (kind.includes('replace one another') && mine[0]),
        `${kind}, line ${line}: ${mine.join('\n')}`,
      ).toBeTruthy()
      for (const one of faults) expect(one).toMatch(/ : .+\. \p{Lu}.+\.$/su)
    }),
    { numRuns: 80 },
  )
})

test('whatever bytes a file is made of, it is taken or refused by name, never a breakdown', () => {
  const at = fc.record({ rank: fc.nat(FILES.length - 1), cut: fc.nat(20_000), bytes: fc.uint8Array({ maxLength: 12 }) })
  fc.assert(
    fc.property(at, ({ rank, cut, bytes }) => {
      const { name, bytes: whole } = FILES[rank]!
      const where = cut % whole.length
      const faults = faultsWith({
        name,
        bytes: Buffer.concat([whole.subarray(0, where), bytes, whole.subarray(where + 3)]),
      })
      for (const one of faults) expect(one).toMatch(/, ligne [1-9]\d*, colonne [1-9]\d* : /)
    }),
    { numRuns: 60 },
  )
})

const LATIN = textOf('metiers.yaml')
const MODULE = 'modules/accompagner-handicap.yaml'
test.for<[string, Uint8Array, RegExp]>([
  [
    'Latin-1',
    Buffer.from(LATIN.replaceAll(/[^ -ÿ\n]/g, '?'), 'latin1'),
    /^metiers\.yaml, ligne 1, colonne 4 : le fichier n’est pas en UTF-8 ; il semble en Latin-1.*Enregistrez/,
  ],
  [
    'UTF-16 with its mark',
    Buffer.from(`\uFEFF${LATIN}`, 'utf16le'),
    /ligne 1, colonne 1 : le fichier semble enregistré en UTF-16/,
  ],
  ['UTF-16 without', Buffer.from(LATIN, 'utf16le'), /semble enregistré en UTF-16/],
  ['nothing', Buffer.alloc(0), /le fichier est vide/],
  ['too much', Buffer.alloc(2 * 1024 * 1024 + 1, 'a'), /dépasse 2 Mo/],
  ['a NUL', Buffer.from(`a: "b\u0000"`), /ligne 1, colonne 6 : il y a là un caractère invisible/],
  ['half a character, escaped', Buffer.from('- slug: "\\uD800"'), /caractère invisible/],
  ['no YAML', Buffer.from('a: "b'), /il manque un guillemet, une virgule ou un crochet fermant/],
  [
    'two documents',
    Buffer.from('---\na: 1\n---\nb: 2'),
    /ligne 3, colonne 1 : le fichier contient plusieurs documents/,
  ],
  ['lists within lists', Buffer.from('['.repeat(100_000)), /s’emboîtent trop profondément|pas du YAML/],
  [
    'a bomb',
    Buffer.from(`a: &a [1]\n${Array.from({ length: 20 }, (_, i) => `b${i}: [*a, *a, *a]`).join('\n')}`),
    /renvoi « \*a » n’est pas admis/,
  ],
  ['two million brackets', Buffer.from('['.repeat(2_000_000)), /trop long à lire/],
])('%s is refused in words that say what to do', ([, bytes, words]) => {
  const faults = faultsWith({ name: 'metiers.yaml', bytes })
  expect(faults[0]).toMatch(words)
  expect(faults.length).toBeLessThanOrEqual(50)
})

test('a byte order mark of UTF-8 is accepted, and JSON is read as YAML', () => {
  expect(said(MODULE, `\uFEFF${textOf(MODULE)}`)).toEqual([])
  expect(said(MODULE, JSON.stringify(DOCS.get(MODULE)!.value))).toEqual([])
  expect(said(MODULE, JSON.stringify({ ...(DOCS.get(MODULE)!.value as object), version: 2 }))).toEqual([
    expect.stringMatching(/« version » n’a pas une valeur admise. Écrivez un texte\.$/),
  ])
})

test('all faults are told in one answer, fifty at most; what refers to an unreadable file is not told as missing', () => {
  const text = textOf('lists/domaines-plan-national-2021.yaml').replaceAll(/code: D\d/g, 'code: ZZ')
  const faults = said('lists/domaines-plan-national-2021.yaml', text)
  expect(faults.length).toBeGreaterThan(20)
  expect(faults.length).toBeLessThanOrEqual(50)
  expect(said('metiers.yaml', '- {').every((one) => one.startsWith('metiers.yaml,'))).toBe(true)
})

test('a ring of modules is told whole', () => {
  const ask = (name: string, other: string) => textOf(name).replace(/^prerequisites: .*$/m, `prerequisites: [${other}]`)
  const [a, b] = ['accompagner-handicap', 'adaptation-changements']
  const files = new Map<string, ContentFile | Doc>(DOCS)
  for (const [one, other] of [
    [a, b],
    [b, a],
  ] as const) {
    const name = `modules/${one}.yaml`
    files.set(name, { name, bytes: Buffer.from(ask(name, other)) })
  }
  expect(() => checkContent([...files.values()], [])).toThrow(`tourne en rond : ${a} → ${b} → ${a}`)
})

test('rings are found where there are some, and only there', () => {
  const graph = fc.array(fc.tuple(fc.nat(7), fc.nat(7)), { maxLength: 14 })
  fc.assert(
    fc.property(graph, (pairs) => {
      const edges = new Map<string, string[]>()
      for (const [from, to] of pairs) edges.set(String(from), [...(edges.get(String(from)) ?? []), String(to)])
      const reaches = (from: string, seen = new Set<string>()): Set<string> => {
        for (const next of edges.get(from) ?? []) if (!seen.has(next)) reaches(next, seen.add(next))
        return seen
      }
      const cycles = findCycles(edges)
      expect(cycles.length > 0).toBe([...edges.keys()].some((one) => reaches(one).has(one)))
      for (const cycle of cycles) {
        expect(cycle.at(-1)).toBe(cycle[0])
        for (const [rank, one] of cycle.slice(0, -1).entries()) expect(edges.get(one)).toContain(cycle[rank + 1])
      }
    }),
  )
})

const HEAD = {
  title: 'Exigences',
  publisher: 'Essai',
  edition: '2026',
  status: 'official',
  source: 'https://exemple.invalid',
} as const
const table = (text: string) => readCsvList({ name: 'lists/essai.yaml', bytes: Buffer.from(text) }, HEAD)

test('a table becomes a list, whatever its separator, and its faults are those of its own lines', () => {
  for (const cell of [',', ';', '\t']) {
    const lines = [
      ['metier', 'framework', 'version', 'code', 'level', 'importance', 'source', 'note'],
      ['mediateur-numerique', 'digcomp', '3.0', '1.1', '5', 'essential', 'Arrêté', '"sur deux\nlignes"'],
      ['elu', 'mediation', '1.0', 'S1', '', '', '', ''],
      ['personne', 'digcomp', '3.0', '1.1', 'cinq', '', '', ''],
    ]
    const read = table(`\uFEFF${lines.map((one) => one.join(cell)).join('\r\n')}\r\n`)
    if ('faults' in read) throw new Error(JSON.stringify(read.faults))
    expect(read.doc.value).toMatchObject({
      list: 'essai',
      kind: 'requirements',
      status: 'official',
      source: { url: HEAD.source },
    })
    expect((read.doc.value as { entries: object[] }).entries.slice(0, 2)).toEqual([
      {
        metier: 'mediateur-numerique',
        competence: { framework: 'digcomp', version: '3.0', code: '1.1' },
        level: 5,
        importance: 'essential',
        source: { document: 'Arrêté' },
        note: 'sur deux\nlignes',
      },
      {
        metier: 'elu',
        competence: { framework: 'mediation', version: '1.0', code: 'S1' },
        level: null,
        importance: null,
      },
    ])
    expect(read.doc.at(['entries', 2, 'level'])).toEqual({ line: 5, column: 5 })
    const kept = readYaml({ name: 'lists/essai.yaml', bytes: Buffer.from(read.text) })
    expect('doc' in kept && kept.doc.value).toEqual(read.doc.value)
  }
})

test.for<[string, string, RegExp]>([
  ['a missing column', 'metier,framework,version\n', /il manque la colonne « code »/],
  ['an unknown column', 'metier,framework,version,code,poids\n', /la colonne « poids » est inconnue/],
  ['a column there twice', 'metier,framework,version,code,code\n', /« code » est là deux fois/],
  ['a quote left open', 'metier,framework,version,code\n"a,b,c,d\n', /un guillemet n’est pas fermé/],
])('a table with %s is refused', ([, text, words]) => {
  const read = table(text)
  expect('faults' in read && read.faults[0]!.problem).toMatch(words)
})
