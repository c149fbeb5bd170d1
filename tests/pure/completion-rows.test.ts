import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readCsv } from '../../src/training/completion-csv.ts'
import { readJson } from '../../src/training/completion-json.ts'
import { fold, quote, readRow, type ReadRow, type RowContext } from '../../src/training/completion-rows.ts'
import { aSpool } from '../support/spool.ts'

const context: RowContext = {
  targets: [
    { framework: 'digcomp', version: '3.0', code: '4.2', levels: [1, 2, 3, 4, 5, 6, 7, 8] },
    { framework: 'pix', version: '2026', code: '4.2', levels: [0, 1, 2, 3, 4, 5, 6, 7, 8] },
    { framework: 'mediation', version: '1.0', code: 'D5', levels: [] },
  ],
  startsOn: '2026-03-30',
  today: '2026-04-02',
}
const RIGHT = {
  email: 'zoe@exemple.invalid',
  given_name: 'Zoé',
  family_name: 'Exemple',
  completed_on: '2026-03-31',
  result: 'acquis',
}
const read = (given: Record<string, string> = {}) =>
  readRow(new Map(Object.entries({ ...RIGHT, ...given })), 2, context)
const problemOf = (row: ReadRow) => ('problem' in row ? row.problem : null)
const rowOf = (row: ReadRow) => {
  if ('problem' in row) throw new Error(row.problem.code)
  return row.row
}
const HEADER = 'email,given_name,family_name,completed_on,result'
const readAll = async (read: typeof readJson, text: string): Promise<ReadRow[]> => {
  const file = await aSpool(text)
  try {
    return await Array.fromAsync(read(file, context))
  } finally {
    await file.close()
  }
}
const csv = (text: string): Promise<ReadRow[]> => readAll(readCsv, text)
const json = (rows: unknown): Promise<ReadRow[]> => readAll(readJson, JSON.stringify(rows))

test('a right row is read as it is, its e-mail in lower case', () => {
  expect(rowOf(read({ email: 'Zoe@Exemple.INVALID', 'digcomp:4.2': '5' }))).toEqual({
    email: 'zoe@exemple.invalid',
    givenName: 'Zoé',
    familyName: 'Exemple',
    completedOn: '2026-03-31',
    evidenceUrl: null,
    narrative: null,
    levels: [{ framework: 'digcomp', version: '3.0', code: '4.2', level: 5 }],
  })
})

test.each(['acquis', 'ACQUISE', ' Réussi ', 'validé', 'oui', 'passed'])('« %s » is a result acquired', (result) => {
  expect(problemOf(read({ result }))).toBeNull()
})

test.each(['non acquis', 'Ajournée', 'ABSENT', 'échoué', 'non'])('« %s » is a result not acquired', (result) => {
  expect(problemOf(read({ result }))).toMatchObject({ column: 'result', code: 'not_acquired' })
})

test.each([
  ['31/03/2026', '2026-03-31'],
  ['1/4/2026', '2026-04-01'],
  ['2026-04-02', '2026-04-02'],
])('the date %s is %s', (written, completedOn) => {
  expect(rowOf(read({ completed_on: written }))).toMatchObject({ completedOn })
})

test.each([
  ['30/02/2026', 'date_invalid'],
  ['2026-02-30', 'date_invalid'],
  ['03/31/2026', 'date_invalid'],
  ['31-03-2026', 'date_invalid'],
  ['', 'date_invalid'],
  ['2026-04-03', 'date_future'],
  ['2026-03-29', 'date_before_session'],
])('the date « %s » is refused', (completed_on, code) => {
  expect(problemOf(read({ completed_on }))).toMatchObject({ column: 'completed_on', code })
})

test.each([
  '',
  'zoe',
  'zoe@exemple',
  'zoe@',
  '@exemple.fr',
  'zoe@exemple.',
  'zo e@exemple.fr',
  'a@b@c.fr',
  'a,b@c.fr',
  '<zoe@exemple.fr>',
  `${'a'.repeat(250)}@b.fr`,
])('the e-mail « %s » is refused', (email) => {
  expect(problemOf(read({ email }))).toMatchObject({ column: 'email', code: 'email_invalid' })
})

test('an e-mail is the same person however its letters are composed', () => {
  const [capital, composed] = ['J\u030Cean@exemple.invalid', '\u01F0ean@exemple.invalid'].map(
    (email) => rowOf(read({ email })).email,
  )
  expect(capital).toBe(composed)
})

test('a level is one of the scale of its own framework', () => {
  expect(problemOf(read({ 'pix:4.2': '0' }))).toBeNull()
  expect(rowOf(read({ 'mediation:D5': 'acquis' })).levels).toEqual([
    { framework: 'mediation', version: '1.0', code: 'D5', level: null },
  ])
  for (const [column, level] of [
    ['digcomp:4.2', '0'],
    ['digcomp:4.2', '9'],
    ['digcomp:4.2', '5.5'],
    ['digcomp:4.2', '5e0'],
    ['digcomp:4.2', '-1'],
    ['digcomp:4.2', 'cinq'],
    ['mediation:D5', '5'],
  ] as const) {
    expect(problemOf(read({ [column]: level }))).toMatchObject({ column, code: 'level_invalid' })
  }
  expect(problemOf(read({ 'digcomp:4.2': '9' }))!.mend).toBe('Écrivez un niveau de 1 à 8, ou laissez la case vide.')
})

test.each([
  'javascript:alert(1)',
  'ftp://exemple.fr/x',
  'exemple.fr',
  'https://',
  '//exemple.fr',
  `https://exemple.fr/${'a'.repeat(2000)}`,
])('the address « %s » is no evidence', (evidence_url) => {
  expect(problemOf(read({ evidence_url }))).toMatchObject({ column: 'evidence_url', code: 'url_invalid' })
})

test('an address is kept in its normal form: it becomes an identifier in the badge', () => {
  expect(rowOf(read({ evidence_url: 'https://Exemple.fr/un récit<1>' })).evidenceUrl).toBe(
    'https://exemple.fr/un%20r%C3%A9cit%3C1%3E',
  )
})

test('names and stories have a length; names hold on one line', () => {
  expect(problemOf(read({ given_name: '' }))).toMatchObject({ column: 'given_name', code: 'name_invalid' })
  expect(problemOf(read({ family_name: 'a'.repeat(101) }))).toMatchObject({
    column: 'family_name',
    code: 'name_invalid',
  })
  expect(problemOf(read({ family_name: 'Ex\nemple' }))).toMatchObject({ column: 'family_name', code: 'name_invalid' })
  expect(problemOf(read({ narrative: 'a'.repeat(5001) }))).toMatchObject({
    column: 'narrative',
    code: 'narrative_too_long',
  })
  expect(rowOf(read({ narrative: 'Deux\nlignes' })).narrative).toBe('Deux\nlignes')
})

test.each(['email', 'given_name', 'completed_on', 'result', 'evidence_url', 'narrative', 'digcomp:4.2'])(
  'a character that nothing can keep is refused in %s',
  (column) => {
    for (const character of ['\u0000', '\u0007', '\u009F', '\uD800', '\uDC00']) {
      expect(problemOf(read({ [column]: `a${character}b` }))).toMatchObject({ column, code: 'character_invalid' })
    }
  },
)

test('what a message quotes never cuts a character in two, nor shows a control one', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
      const quoted = quote(text)
      expect(quoted.isWellFormed()).toBe(true)
      expect(quoted).not.toMatch(/\p{Cc}/u)
      expect(Array.from(quoted).length).toBeLessThanOrEqual(40)
    }),
  )
  expect(quote(`${'a'.repeat(39)}😀`)).toBe(`${'a'.repeat(39)}😀`)
})

test('headers are compared without accents, case or spaces', () => {
  expect(fold('  Prénom ')).toBe('prenom')
})

test('the same people are read from a CSV and from JSON', async () => {
  const fromCsv = await csv(
    'Courriel;Prénom;Nom;Date;Résultat;Preuve;Commentaire;DIGCOMP@3.0:4.2;mediation:d5\r\n' +
      'Zoe@exemple.invalid;Zoé;Exemple;31/03/2026;Acquis;https://exemple.fr/a;"Un ""récit"", deux\r\nlignes";5;acquis\r\n',
  )
  const fromJson = await json([
    {
      email: 'zoe@exemple.invalid',
      given_name: 'Zoé',
      family_name: 'Exemple',
      completed_on: '2026-03-31',
      result: 'acquis',
      evidence_url: 'https://exemple.fr/a',
      narrative: 'Un "récit", deux\r\nlignes',
      'digcomp:4.2': 5,
      'mediation:D5': 'acquis',
      'pix:4.2': null,
    },
  ])
  expect(rowOf(fromCsv[0]!)).toEqual(rowOf(fromJson[0]!))
  expect(rowOf(fromCsv[0]!).levels).toHaveLength(2)
})

test.each([
  ['commas', `${HEADER}\nzoe@exemple.invalid,Zoé,Exemple,2026-03-31,acquis\n`],
  ['a byte order mark', `\uFEFF${HEADER}\nzoe@exemple.invalid,Zoé,Exemple,2026-03-31,acquis\n`],
  [
    'a byte order mark before a quoted name',
    `\uFEFF"email"${HEADER.slice(5)}\nzoe@exemple.invalid,Zoé,Exemple,2026-03-31,acquis\n`,
  ],
  ['no final newline', `${HEADER}\nzoe@exemple.invalid,Zoé,Exemple,2026-03-31,acquis`],
  ['the line ends of old Macs', `${HEADER}\rzoe@exemple.invalid,Zoé,Exemple,2026-03-31,acquis\r`],
  ['mixed line ends', `${HEADER}\r\nzoe@exemple.invalid,Zoé,Exemple,2026-03-31,acquis\n`],
  ['empty lines before, between and after', `\n\n${HEADER}\n\nzoe@exemple.invalid,Zoé,Exemple,2026-03-31,acquis\n\n`],
  ['empty columns left by a spreadsheet', `${HEADER},,\nzoe@exemple.invalid,Zoé,Exemple,2026-03-31,acquis,,\n,,,,,,\n`],
  [
    'semicolons after an empty line',
    `\r\n${HEADER.replaceAll(',', ';')}\r\nzoe@exemple.invalid;Zoé;Exemple;2026-03-31;acquis`,
  ],
  ['decomposed accents', `${HEADER}\nzoe@exemple.invalid,Zoe\u0301,Exemple,2026-03-31,acquis\n`],
  ['spaces around', `${HEADER}\n zoe@exemple.invalid , "Zoé" ,Exemple, 2026-03-31 ,acquis \n`],
])('a CSV with %s reads the same', async (_, text) => {
  const rows = await csv(text)
  expect(rows.map(rowOf)).toEqual([rowOf(read())])
})

test('a row is named by its line in the file, empty ones and quoted newlines counted', async () => {
  const row = 'zoe@exemple.invalid,Zoé,Exemple,2026-03-31'
  const rows = await csv(`${HEADER},narrative\n\n${row},acquis,"a\nb"\n${row},acquis,c\n`)
  expect(rows.map((one) => one.line)).toEqual([4, 5])
  const windows = await csv(`${HEADER},narrative\r\n\r\n${row},acquis,"a\r\nb"\r\n${row},acquis,c\r\n`)
  expect(windows.map((one) => one.line)).toEqual([4, 5])
  const marked = await csv(`\uFEFF${HEADER}\n${row},acquis\n${row},acquis`)
  expect(marked.map((one) => one.line)).toEqual([2, 3])
})

test('cells after the header may name a competence, and nothing else', async () => {
  const row = 'zoe@exemple.invalid,Zoé,Exemple,2026-03-31,acquis'
  const [named, other, unknown, twice, unnamed] = await csv(
    `${HEADER}\n${[`${row},digcomp:4.2=5,pix:4.2=3`, `${row},email=autre@exemple.invalid`, `${row},digcomp:1.1=5`, `${row},digcomp:4.2=5,digcomp@3.0:4.2=6`, `${row},de trop`].join('\n')}`,
  )
  expect(rowOf(named!).levels.map((one) => one.level)).toEqual([5, 3])
  expect(problemOf(other!)).toMatchObject({ column: 'email', code: 'column_twice' })
  expect(problemOf(unknown!)).toMatchObject({ column: 'digcomp:1.1', code: 'column_unknown' })
  expect(problemOf(unknown!)!.message).toContain('(digcomp:4.2, pix:4.2, mediation:D5)')
  expect(problemOf(twice!)).toMatchObject({ column: 'digcomp:4.2', code: 'column_twice' })
  expect(problemOf(unnamed!)).toMatchObject({ column: null, code: 'cell_count' })
})

test('any bytes are read or refused, never a fault', async () => {
  const pieces = fc.array(
    fc.oneof(
      fc.constantFrom(
        HEADER,
        ',',
        ';',
        '"',
        '\n',
        '\r\n',
        'constructor',
        '__proto__',
        'digcomp:4.2=5',
        'zoe@exemple.invalid',
        '31/03/2026',
        'acquis',
      ),
      fc.string({ unit: 'binary', maxLength: 20 }),
    ),
    { maxLength: 30 },
  )
  await fc.assert(
    fc.asyncProperty(fc.boolean(), pieces, async (started, given) => {
      const text = (started ? `${HEADER}\n` : '') + given.join('')
      const answer = await csv(text).catch((error: unknown) => error)
      if (!Array.isArray(answer))
        expect(answer).toMatchObject({ name: 'DomainError', code: expect.stringMatching(/^csv_/) })
    }),
    { numRuns: 300 },
  )
})

test('any JSON rows are read or refused, never a fault', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.oneof(
          fc.jsonValue(),
          fc.dictionary(fc.constantFrom('constructor', 'toString', 'email', 'Courriel', 'a\u0000'), fc.jsonValue()),
        ),
        { minLength: 1 },
      ),
      async (rows) => {
        expect((await json(rows)).map((one) => one.line)).toEqual(rows.map((_, index) => index + 1))
      },
    ),
  )
})

test.each([
  ['cut short', '[{"email":'],
  ['followed by something', '[{}] x'],
  ['that begins as nothing', 'x[]'],
  ['that is empty', ''],
  ['with a NUL', '["\u0000"]'],
])('JSON %s is refused whole', async (_, text) => {
  await expect(readAll(readJson, text)).rejects.toMatchObject({ code: 'malformed' })
})

test('a byte order mark before JSON is left out; a value nested without end is a row like another', async () => {
  const nested = `${'['.repeat(50_000)}${']'.repeat(50_000)}`
  const rows = await readAll(readJson, `\uFEFF[{"email":${nested}}, {"result":"acquis"}]`)
  expect(rows.map((row) => [row.line, problemOf(row)?.code])).toEqual([
    [1, 'email_invalid'],
    [2, 'email_invalid'],
  ])
})

test('a row of more than a megabyte ends the reading: no file may fill the memory', async () => {
  const text = `${HEADER}\nzoe@exemple.invalid,Zoé,"${'a\n'.repeat(600_000)}`
  const file = await aSpool(text, 65_536)
  await expect(Array.fromAsync(readCsv(file, context))).rejects.toMatchObject({ code: 'csv_malformed' })
  await file.close()
})
