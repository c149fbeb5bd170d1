import fc from 'fast-check'
import { projectFiles } from '../../src/content.ts'

/** A file of the content with one fault put in it: where it is, and what must be said of it. */
export type Mutation = { kind: string; name: string; text: string; line: number; says: RegExp }

const TEXTS = new Map(projectFiles().map(({ name, bytes }) => [name, new TextDecoder().decode(bytes)]))
const named = (start: string): string[] => [...TEXTS.keys()].filter((name) => name.startsWith(start))
const linesOf = (name: string): string[] => TEXTS.get(name)!.split('\n')

type Edit = {
  kind: string
  files: string[]
  when: RegExp
  edit: (line: string, name: string, next: string) => string
  says: RegExp
}

const slugOf = (name: string): string => name.replace(/^.*\/|\.yaml$/g, '')
const listsOf = (kind: string): string[] =>
  named('lists/').filter((name) => new RegExp(`^kind: ${kind}$`, 'm').test(TEXTS.get(name)!))

/** One line of a file, written otherwise. */
const EDITS: Edit[] = [
  {
    kind: 'dangling competence of a list',
    files: listsOf('requirements'),
    when: /^ {4}competence: \{.*code: /,
    edit: (line) => line.replace(/code: "?[^",} ]+"?/, 'code: ZZ9'),
    says: /ZZ9 » n’existe dans aucun référentiel/,
  },
  {
    kind: 'mission asked as a competence',
    files: listsOf('requirements'),
    when: /^ {4}competence: \{ framework: mediation/,
    edit: (line) => line.replace(/code: "?[^",} ]+"?/, 'code: M1'),
    says: /mediation 1\.0 M1 » est une mission ou une activité/,
  },
  {
    kind: 'level outside the scale',
    files: listsOf('requirements'),
    when: /^ {4}level: /,
    edit: (line) => line.replace(/level: .*/, 'level: 99'),
    says: /le niveau 99 n’existe pas/,
  },
  {
    kind: 'wrong weight',
    files: listsOf('requirements'),
    when: /^ {4}importance: /,
    edit: (line) => line.replace(/importance: .*/, 'importance: forte'),
    says: /« importance » n’a pas une valeur admise. Écrivez « essential », ou « useful », ou null\./,
  },
  {
    kind: 'unknown métier',
    files: listsOf('requirements'),
    when: /^ {2}- metier: /,
    edit: (line) => line.replace(/metier: .*/, 'metier: personne'),
    says: /le métier « personne » n’existe pas/,
  },
  {
    kind: 'entry written twice',
    files: listsOf('requirements'),
    when: /^ {2}- metier: /,
    edit: (line, _, next) => `  - {${line.slice(3)}, ${next.trim()}, level: null, importance: null }\n${line}`,
    says: /est déjà écrit ligne \d+/,
  },
  {
    kind: 'wrong kind of list',
    files: named('lists/'),
    when: /^kind: /,
    edit: () => 'kind: autres',
    says: /de quelle sorte de liste/,
  },
  {
    kind: 'field written twice',
    files: named('modules/'),
    when: /^(title|version): /,
    edit: (line) => `${line}\n${line}`,
    says: /est écrit deux fois/,
  },
  {
    kind: 'unknown field',
    files: named(''),
    when: /^(slug|list|framework): /,
    edit: (line) => `champ_inconnu: 1\n${line}`,
    says: /« champ_inconnu » est un champ inconnu/,
  },
  {
    kind: 'another identity than its name',
    files: [...named('modules/'), ...named('paths/'), ...named('badges/')],
    when: /^slug: /,
    edit: () => 'slug: autre-chose',
    says: /ce fichier parle de « autre-chose »/,
  },
  {
    kind: 'module that asks for itself first',
    files: named('modules/'),
    when: /^prerequisites: /,
    edit: (_, name) => `prerequisites: [${slugOf(name)}]`,
    says: /tourne en rond : ([\w-]+) → \1\b/,
  },
  {
    kind: 'unknown prerequisite',
    files: named('modules/'),
    when: /^prerequisites: /,
    edit: () => 'prerequisites: [absent]',
    says: /le module « absent » n’existe pas/,
  },
  {
    kind: 'unknown public',
    files: [...named('modules/'), ...named('paths/')],
    when: /^publics: \[/,
    edit: () => 'publics: [absent]',
    says: /le métier « absent » n’existe pas/,
  },
  {
    kind: 'unknown block prepared',
    files: named('modules/'),
    when: /^prepares: \{ certification: rncp40695/,
    edit: () => 'prepares: { certification: rncp40695, block: CCP9 }',
    says: /le bloc « CCP9 » n’existe pas/,
  },
  {
    kind: 'unknown module of a path',
    files: named('paths/'),
    when: /^ {4}modules: \[/,
    edit: () => '    modules: [absent]',
    says: /le module « absent » n’existe pas/,
  },
  {
    kind: 'two equal relations',
    files: ['referential/crosswalks.yaml'],
    when: /^ {4}- \{ from: /,
    edit: (line) => `${line}\n${line}`,
    says: /est déjà écrit ligne \d+/,
  },
  {
    kind: 'relation to nothing',
    files: ['referential/crosswalks.yaml'],
    when: /^ {4}- \{ from: /,
    edit: (line) => line.replace(/to: [^}]+/, 'to: ZZ9 '),
    says: /ZZ9 » n’existe dans aucun référentiel/,
  },
  {
    kind: 'entry that is its own parent',
    files: named('referential/').filter((name) => !name.includes('crosswalks')),
    when: /^ {4}parent: "?[^"]+"?$/,
    edit: () => '    parent: "ZZ9"',
    says: /l’entrée « ZZ9 » n’existe pas/,
  },
  {
    kind: 'certifications that replace one another',
    files: ['certifications.yaml'],
    when: /^ {2}replaces: tp-conseiller-mediateur-numerique$/,
    edit: () => '  replaces: rncp40695',
    says: /le remplacement tourne en rond : rncp\d+ → rncp\d+ → rncp\d+/,
  },
  {
    kind: 'scheme of nothing',
    files: ['metiers.yaml'],
    when: /^ {2}scheme_of: /,
    edit: () => '  scheme_of: absent',
    says: /le métier « absent » n’existe pas/,
  },
  {
    kind: 'tab as indent',
    files: [...named('modules/'), ...named('lists/')],
    when: /^(slug|list): /,
    edit: (line) => `${line}\nnote_autre:\n\t- a`,
    says: /tabulation|retrait|signe|YAML/,
  },
  {
    kind: 'alias',
    files: named('modules/'),
    when: /^title: /,
    edit: () => 'title: &t Titre\nsummary: *t',
    says: /le renvoi « \*t » n’est pas admis|écrit deux fois/,
  },
]

/** How many lines below the edited one the fault is. */
const LATER: Record<string, number> = {
  'entry written twice': 1,
  'field written twice': 1,
  'two equal relations': 1,
  'tab as indent': 2,
  alias: 1,
}

const fitting = EDITS.map((one) => ({
  ...one,
  places: one.files.flatMap((name) =>
    linesOf(name).flatMap((line, rank) => (one.when.test(line) ? [{ name, rank }] : [])),
  ),
}))

/** The kinds of fault for which no file of the project has a place any more: the arbitrary would not try them. */
export const PLACELESS = fitting.filter((one) => one.places.length === 0).map((one) => one.kind)

/** The content of the project with a fault of any kind, anywhere that it may be. */
export const aMutation: fc.Arbitrary<Mutation> = fc.constantFrom(...fitting).chain(({ places, edit, kind, says }) =>
  fc.constantFrom(...places).map(({ name, rank }): Mutation => {
    const lines = linesOf(name)
    const text = lines.with(rank, edit(lines[rank]!, name, lines[rank + 1] ?? '')).join('\n')
    return { kind, name, text, line: rank + 1 + (LATER[kind] ?? 0), says }
  }),
)
