import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readInitialTraining } from '../../src/conseillers/initial-training-rows.ts'
import { isUnusual, LABELS, PARCOURS, shownOf } from '../../src/conseillers/initial-training.ts'

const said = [true, false, null]

test.each([
  // remn, label, what is shown; with « PIX » after it when the Pix certification is there
  [true, null, ['REMN']],
  [true, 'CCP1', ['REMN']],
  [true, 'CCP2', ['REMN']],
  [true, 'CCP2 & CCP3', ['REMN']],
  [false, null, []],
  [false, 'CCP1', ['CCP1']],
  [false, 'CCP2', ['REMN']],
  [false, 'CCP2 & CCP3', ['REMN']],
  [null, null, []],
  [null, 'CCP1', ['CCP1']],
  [null, 'CCP2', ['REMN']],
  [null, 'CCP2 & CCP3', ['REMN']],
] as const)('remn %s and label %s show %j', (remn, label, shown) => {
  expect(shownOf({ remn, label, pix: true })).toEqual([...shown, 'PIX'])
  expect(shownOf({ remn, label, pix: false })).toEqual(shown)
  expect(shownOf({ remn, label, pix: null })).toEqual(shown)
})

test('the table above is whole: every label, remn and pix; a CCP1 alone is never the title', () => {
  for (const label of [...LABELS, null]) {
    for (const remn of said) {
      for (const pix of said) {
        const shown = shownOf({ label, remn, pix })
        expect(shown.includes('REMN')).toBe(remn === true || label === 'CCP2' || label === 'CCP2 & CCP3')
        expect(shown.includes('CCP1')).toBe(label === 'CCP1' && remn !== true)
        expect(shown.includes('PIX')).toBe(pix === true)
        expect(shown.includes('CCP1') && shown.includes('REMN')).toBe(false)
      }
    }
  }
})

test.each<[string, string[] | null]>([
  ['2020-12-31', null],
  ['2021-01-01', ['105h', '280h', '350h', '420h']],
  ['2023-04-30', ['105h', '280h', '350h', '420h']],
  ['2023-05-01', null],
  ['2023-12-31', null],
  ['2024-01-01', ['70h', '175h', '315h']],
  ['2025-07-12', ['70h', '175h', '315h']],
  ['2025-07-13', ['70h', '175h', '315h']],
  ['2025-12-31', ['70h', '175h', '315h']],
  ['2026-01-01', ['175h']],
])('of a training that starts on %s, what is usual is %j', (day, usual) => {
  for (const parcours of PARCOURS) {
    expect(isUnusual(parcours, day), parcours).toBe(usual === null ? null : !usual.includes(parcours))
  }
  expect(isUnusual(null, day)).toBe(null)
})

const row = { email: 'personne1@exemple.invalid', given_name: 'Zoé', family_name: 'Exemple', date_debut: '2025-09-01' }

test('a row with all its columns is read as it is', () => {
  const whole = {
    ...row,
    label: 'CCP2 & CCP3',
    parcours: '175h',
    lot: 'Lot 4',
    marche_formation: 'Marché 2024',
    lieu: 'Lyon',
    date_fin: '2025-12-19',
    pix: true,
    remn: false,
    observations: 'Première ligne\nSeconde ligne',
  }
  expect(readInitialTraining(whole)).toEqual(whole)
  expect(readInitialTraining({ ...row, label: null, pix: null, date_fin: null })).toMatchObject(row)
})

test.each<[string, object, string | null, string]>([
  ['no e-mail', { email: undefined }, 'email', 'email_invalid'],
  ['an e-mail without a domain', { email: 'personne1@' }, 'email', 'email_invalid'],
  ['no name', { family_name: ' ' }, 'family_name', 'family_name_invalid'],
  ['a name over two lines', { given_name: 'Zoé\nX' }, 'given_name', 'given_name_invalid'],
  ['an unknown label', { label: 'CCP3' }, 'label', 'label_invalid'],
  ['an unknown length', { parcours: '135h' }, 'parcours', 'parcours_invalid'],
  ['a length that is a number', { parcours: 175 }, 'parcours', 'parcours_invalid'],
  ['a day that does not exist', { date_debut: '2025-02-30' }, 'date_debut', 'date_debut_invalid'],
  ['29 February of a common year', { date_debut: '2025-02-29' }, 'date_debut', 'date_debut_invalid'],
  ['a day written in French', { date_debut: '01/09/2025' }, 'date_debut', 'date_debut_invalid'],
  ['an end that does not exist', { date_fin: '2025-11-31' }, 'date_fin', 'date_fin_invalid'],
  ['an end before the start', { date_fin: '2025-08-31' }, 'date_fin', 'dates_in_order'],
  ['a start to come', { date_debut: '2099-01-01' }, 'date_debut', 'date_future'],
  ['pix as a word', { pix: 'oui' }, 'pix', 'pix_invalid'],
  ['observations with a NUL', { observations: 'a\u0000b' }, 'observations', 'observations_invalid'],
  ['half a surrogate pair', { lieu: '\ud800' }, 'lieu', 'lieu_invalid'],
  ['a column of another file', { telephone: '0600000000' }, null, 'row_invalid'],
])('a row with %s is refused, and says which column', (_, given, column, code) => {
  const answer = readInitialTraining(JSON.parse(JSON.stringify({ ...row, ...given })))
  expect(answer).toEqual({ problem: { column, code, message: expect.any(String), mend: expect.any(String) } })
})

test('whatever is sent, a row is read or has its problem, which repeats no value', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.jsonValue(), fc.record({ email: fc.constant('secret@exemple.invalid'), lot: fc.string() })),
      (given) => {
        const answer = readInitialTraining(given)
        expect(JSON.stringify('problem' in answer ? answer : null)).not.toContain('secret')
      },
    ),
  )
  for (const given of [null, 7, 'texte', [], [row], {}]) {
    expect(readInitialTraining(given)).toMatchObject({
      problem: { code: expect.stringMatching(/^(row|email)_invalid$/) },
    })
  }
})
