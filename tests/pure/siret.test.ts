import { expect, test } from 'vitest'
import { isSiret } from '../../src/organisations/siret.ts'

test.each([
  ['a SIRET of INSEE itself', '12002701600357'],
  ['a SIRET whose Luhn key is right', '73282932000074'],
  ['the head office of La Poste, by Luhn', '35600000000048'],
  ['an establishment of La Poste, by the sum of its digits', '35600000049837'],
  ['a RIDET of seven digits', '1234567'],
  ['a RIDET of ten digits', '1234567001'],
])('%s is a number of establishment', (_, siret) => {
  expect(isSiret(siret)).toBe(true)
})

test.each([
  ['a wrong key', '73282932000075'],
  ['two digits swapped', '37282932000074'],
  ['La Poste with a sum that is no multiple of five', '35600000049838'],
  ['the sum of La Poste for another company', '73282932000004'],
  ['thirteen digits', '7328293200007'],
  ['fifteen digits', '732829320000741'],
  ['six digits', '123456'],
  ['letters', '7328293200007A'],
  ['zeros only', '00000000000000'],
  ['digits of another script', '٧٣٢٨٢٩٣٢٠٠٠٠٧٤'],
  ['a trailing newline', '73282932000074\n'],
  ['nothing', ''],
])('%s is not', (_, siret) => {
  expect(isSiret(siret)).toBe(false)
})
