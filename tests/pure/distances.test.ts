import departements from '@etalab/decoupage-administratif/data/departements.json' with { type: 'json' }
import fc from 'fast-check'
import { expect, test } from 'vitest'
import chefsLieux from '../../src/planning/chefs-lieux.json' with { type: 'json' }
import { kilometresBetween } from '../../src/planning/distances.ts'

const codes = chefsLieux.points.map((one) => one.code)
const aCode = fc.constantFrom(...codes)

/** Around each territory, in degrees: south, north, west, east. */
const BOXES: Record<string, [number, number, number, number]> = {
  metro: [41.3, 51.1, -5.2, 9.6],
  '971': [15.8, 16.6, -61.9, -61],
  '972': [14.3, 14.9, -61.3, -60.8],
  '973': [2.1, 5.8, -54.7, -51.6],
  '974': [-21.4, -20.8, 55.2, 55.9],
  '975': [46.7, 47.2, -56.5, -56.1],
  '976': [-13.1, -12.6, 45, 45.3],
  '977': [17.8, 18, -62.96, -62.7],
  '978': [18, 18.2, -63.2, -62.9],
  '986': [-14.4, -13.1, -178.3, -176],
  '987': [-28, -7.8, -155, -134],
  '988': [-22.8, -19.5, 163, 168.2],
}

test('every inhabited département and collectivity has one point, inside its territory', () => {
  const uninhabited = ['984', '989']
  const known = (departements as { code: string }[]).map((one) => one.code)
  expect(codes).toEqual(known.filter((one) => !uninhabited.includes(one)))
  for (const { code, latitude, longitude } of chefsLieux.points) {
    const [south, north, west, east] = BOXES[code.length === 3 ? code : 'metro']!
    expect(latitude > south && latitude < north && longitude > west && longitude < east, code).toBe(true)
  }
})

test.for([
  ['75', '13', 661],
  ['69', '42', 51],
  ['75', '59', 204],
  ['33', '67', 759],
  ['2A', '2B', 105],
  ['75', '974', 9360],
] as const)('%s and %s are %i km apart, within 2 %', ([from, to, expected]) => {
  const found = kilometresBetween(from, to)!
  expect(Math.abs(found - expected) / expected).toBeLessThan(0.02)
})

test('a distance is the same both ways, none within a département, and never longer by a third place', () => {
  fc.assert(
    fc.property(aCode, aCode, aCode, (a, b, c) => {
      expect(kilometresBetween(a, a)).toBe(0)
      expect(kilometresBetween(a, b)).toBe(kilometresBetween(b, a))
      // Each is rounded to the kilometre.
      expect(kilometresBetween(a, c)!).toBeLessThanOrEqual(kilometresBetween(a, b)! + kilometresBetween(b, c)! + 1.5)
    }),
  )
})

test('nobody is at a known distance from where there is no point', () => {
  expect(kilometresBetween('984', '75')).toBeNull()
  expect(kilometresBetween('75', '')).toBeNull()
})
