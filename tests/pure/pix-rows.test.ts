import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readMarks } from '../../src/habilitation/pix-marks.ts'
import { type ReadPixRow, readPixRows } from '../../src/habilitation/pix-rows.ts'

const TODAY = '2026-04-10'
const RIGHT = { "date d'envoi": '2026-04-02', 'email saisi': 'zoe@exemple.invalid', résultat: 0.62 }
const read = (given: Record<string, unknown> = {}): ReadPixRow => readPixRows([{ ...RIGHT, ...given }], TODAY)[0]!
const codeOf = (one: ReadPixRow) => ('problem' in one ? one.problem.code : null)
const rowOf = (one: ReadPixRow) => ('row' in one ? one.row : null)

test('a row of the export is read as it is, its address in lower case', () => {
  expect(read({ 'email saisi': ' Zoe@Exemple.INVALID ' })).toEqual({
    line: 1,
    row: { email: 'zoe@exemple.invalid', sentOn: '2026-04-02', score: 62 },
  })
})

test.each([
  [0, 0],
  [1, 100],
  [0.29, 28],
  [0.57, 56],
  [0.999, 99],
  [0.005, 0],
])('the share %d is %d of 100, as the platform computes it', (résultat, score) => {
  expect(rowOf(read({ résultat }))).toMatchObject({ score })
})

test.each([-0.01, 1.000001, 62, Number.NaN, Infinity, '0.62', '', null, true, [0.5], {}])(
  'the result %j is impossible',
  (résultat) => {
    expect(codeOf(read({ résultat }))).toBe('score_impossible')
  },
)

test.each([
  ['2026-04-02', '2026-04-02'],
  [' 2026-04-02 ', '2026-04-02'],
  ['2026-04-02T09:30:00', '2026-04-02'],
  ['2026-04-02 23:59:59.123', '2026-04-02'],
  ['2026-04-02T21:59:59Z', '2026-04-02'],
  ['2026-04-02T22:00:00Z', '2026-04-03'],
  ['2026-01-02T22:59:59.999Z', '2026-01-02'],
  ['2026-01-02T23:00:00Z', '2026-01-03'],
  ['2026-04-02T23:30:00-10:00', '2026-04-03'],
  ['2026-04-02T01:00:00+0200', '2026-04-02'],
  ['2016-01-01', '2016-01-01'],
  ['2026-04-11', '2026-04-11'],
])('the date %s is the day %s in Paris', (given, sentOn) => {
  expect(rowOf(read({ "date d'envoi": given }))).toMatchObject({ sentOn })
})

test.each(['2015-12-31', '1970-01-01', '2026-04-12', '9999-12-31'])('no test dates of %s', (given) => {
  expect(codeOf(read({ "date d'envoi": given }))).toBe('date_impossible')
})

test.each([
  '2026-02-30',
  '2026-13-01',
  '02/04/2026',
  '2026-04-02T25:00:00Z',
  '2026-04-02T09:30:00+99:00',
  '',
  'hier',
  46114,
  null,
])('%j is no date', (given) => {
  expect(codeOf(read({ "date d'envoi": given }))).toBe('date_invalid')
})

test.each([
  '',
  'zoe',
  'zoe@',
  '@exemple.invalid',
  'zoe@exemple',
  'a b@exemple.invalid',
  null,
  3,
  'zoe@exemple.invalid\u0000',
])('%j is no address', (given) => {
  expect(codeOf(read({ 'email saisi': given }))).toBe('email_invalid')
})

test('keys are known with either apostrophe, either spelling of an accent, and others beside them', () => {
  for (const date of ["date d'envoi", 'date d’envoi']) {
    for (const result of ['résultat'.normalize('NFC'), 'résultat'.normalize('NFD')]) {
      const row = { [date]: '2026-04-02', 'email saisi': 'zoe@exemple.invalid', [result]: 1, campagne: 'X' }
      expect(readPixRows([row], TODAY)).toMatchObject([{ row: { score: 100 } }])
    }
  }
})

test.each([[{}], [[]], [null], ['csv'], [[1]], [[[]]], [[RIGHT, null]], [[{ ...RIGHT, résultat: undefined }, {}]]])(
  'another shape is refused whole: %j',
  (given) => {
    expect(() => readPixRows(given, TODAY)).toThrow(expect.objectContaining({ code: 'pix_shape' }))
  },
)

test('whatever is in the three cells, the row is read or refused, never the file; a refusal repeats no address', () => {
  const cell = fc.oneof(
    fc.anything(),
    fc.emailAddress(),
    fc.double(),
    fc.date({ noInvalidDate: true }).map((at) => at.toISOString()),
  )
  fc.assert(
    fc.property(fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 5 }), (cells) => {
      const given = cells.map(([date, email, result]) => ({
        "date d'envoi": date,
        'email saisi': email,
        résultat: result,
      }))
      const found = readPixRows(given, TODAY)
      expect(found.map((one) => one.line)).toEqual(cells.map((_, index) => index + 1))
      for (const one of found) {
        if ('problem' in one) expect(one.problem.message).not.toContain('@')
        else {
          expect(one.row.score).toSatisfy((score: number) => Number.isInteger(score) && score >= 0 && score <= 100)
          expect(one.row.sentOn).toMatch(/^20\d\d-\d\d-\d\d$/)
          expect(one.row.email).toBe(one.row.email.toLowerCase())
        }
      }
    }),
  )
})

const CODES = new Set(['1.1', '1.2', '1.3', '2.1', '5.2'])

test('marks of the three shapes are kept in one, by code', () => {
  const given = [
    { code: '5.2', level: -1 },
    { competence_code: '2.1', area_code: '2', level: 8, score: 64 },
    { competence_code: '1.2', level: 0, score: 0 },
    { competenceId: 'recsvLz0W2ShyfD63', level: 3 },
  ]
  expect(readMarks(given, CODES)).toEqual([
    { code: '1.1', level: 3, score: null },
    { code: '1.2', level: 0, score: 0 },
    { code: '2.1', level: 8, score: 64 },
    { code: '5.2', level: -1, score: null },
  ])
})

test.each([
  ['competence_unknown', [{ code: '9.9', level: 1 }]],
  ['competence_unknown', [{ competenceId: 'recAutre', level: 1 }]],
  ['mark_area', [{ competence_code: '1.2', area_code: '5', level: 1 }]],
  [
    'mark_twice',
    [
      { code: '1.3', level: 1 },
      { code: '1.1', level: 2 },
      { competenceId: 'recIkYm646lrGvLNT', level: 1 },
    ],
  ],
])('%s is refused', (code, given) => {
  expect(() => readMarks(given, CODES)).toThrow(expect.objectContaining({ code }))
})
