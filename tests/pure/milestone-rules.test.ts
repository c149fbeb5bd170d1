import fc from 'fast-check'
import { expect, test } from 'vitest'
import { blockSlots, fillSlots, pathSlots, sayParts, type Slot } from '../../src/proofs/milestone-rules.ts'

test('a path asks for each module of a stage, or for as many as are to be chosen', () => {
  const slots = pathSlots([
    { modules: ['a', 'b'], choose: null },
    { modules: ['c', 'd', 'e'], choose: 2 },
    { modules: ['f'] },
  ])
  const chosen = ['module:c', 'module:d', 'module:e']
  expect(slots).toEqual([['module:a'], ['module:b'], chosen, chosen, ['module:f']])
})

test('a title asks for every block; when a reference is not known, its list is not complete', () => {
  expect(blockSlots('t', [{ ref: '1' }, { ref: '2' }])).toEqual([['block:t/1'], ['block:t/2']])
  expect(blockSlots('t', [{ ref: '1' }, { ref: null }])).toEqual([])
})

test('a module that two stages list fills one of them: three modules are asked for, two are not enough', () => {
  const slots = pathSlots([
    { modules: ['a', 'b', 'c'], choose: 2 },
    { modules: ['a', 'b', 'c'], choose: 1 },
  ])
  expect(fillSlots(slots, new Set(['module:a', 'module:b']))).toBeNull()
  expect(fillSlots(slots, new Set(['module:a', 'module:b', 'module:c']))?.toSorted()).toEqual([
    'module:a',
    'module:b',
    'module:c',
  ])
})

test('a module is given up to the stage that has no other', () => {
  expect(fillSlots([['a', 'b'], ['a']], new Set(['a', 'b']))).toEqual(['b', 'a'])
})

/** Whether the places can be filled, every way being tried. */
function canBeFilled([slot, ...others]: Slot[], held: string[]): boolean {
  if (!slot) return true
  return slot.some(
    (one) =>
      held.includes(one) &&
      canBeFilled(
        others,
        held.filter((other) => other !== one),
      ),
  )
}

test('places are filled whenever they can be, each by a subject of its own that is held', () => {
  const subject = fc.constantFrom('a', 'b', 'c', 'd', 'e')
  const slots = fc.array(fc.uniqueArray(subject, { minLength: 1 }), { maxLength: 5 })
  fc.assert(
    fc.property(slots, fc.uniqueArray(subject), (places, held) => {
      const filled = fillSlots(places, new Set(held))
      expect(filled !== null).toBe(canBeFilled(places, held))
      if (filled === null) return
      expect(new Set(filled).size).toBe(places.length)
      for (const [index, one] of filled.entries()) expect(places[index]).toContain(one)
      for (const one of filled) expect(held).toContain(one)
    }),
  )
})

test('the parts are said in a thousand characters at most, and those that do not fit are counted', () => {
  const part = { name: 'Relation et écoute', by: 'Organisme', on: '2026-03-31' }
  expect(sayParts([part, { ...part, name: 'Autre' }])).toBe(
    'Ses parties : « Relation et écoute » (Organisme, 31 mars 2026) ; « Autre » (Organisme, 31 mars 2026).',
  )
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 300 }), (count, length) => {
      const parts = Array.from({ length: count }, () => ({ ...part, by: 'o'.repeat(length) }))
      const said = sayParts(parts)
      expect(said.length).toBeLessThanOrEqual(1000)
      const shown = said.split('« ').length - 1
      const left = Number(/et (\d+) autre/.exec(said)?.[1] ?? 0)
      expect(shown + left).toBe(count)
    }),
  )
})
