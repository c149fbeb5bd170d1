import { type Compiled, compile } from './compile.ts'
import { marker, type Values } from './fill.ts'
import { assemble, FIRST_RESULT, type Fixed, slotsFrom } from './slots.ts'

/** All the badges of an issuer and a class: what is common to them was worked out once. */
export type CompiledBadge = {
  /** Makes the forms of these badges ready; each set of properties that they may have is compiled when first met. */
  prepare(badges: Values[]): Promise<void>
  /** The canonical form of a prepared badge; null for one that only the library can write. */
  fill: Compiled
}

/** Compiles the badges of an issuer and a class. */
export function compileBadge(fixed: Fixed): CompiledBadge {
  const forms = new Map<string, Compiled | null>()
  return {
    async prepare(badges) {
      for (const values of badges) {
        const shape = shapeOf(values)
        if (forms.has(shape)) continue
        // Every result is compiled in; those that a badge lacks leave with their blank node.
        const whole = values.map((value, n) => (value === null && n < FIRST_RESULT ? null : marker(n)))
        const form = compile(assemble(fixed, slotsFrom(whole)), (position) => position >= FIRST_RESULT)
        forms.set(shape, await form.catch(() => null))
      }
    },
    fill: (values) => forms.get(shapeOf(values))?.(values) ?? null,
  }
}

/** Which properties a badge has, its results apart: an end, an evidence that has an address, that has a text, a newer version. */
const shapeOf = (values: Values): string =>
  `${values[2] === null ? '' : 'u'}${values[8] === null ? '' : 'i'}${values[9] === null ? '' : 'n'}${values[16] === null ? '' : 'r'}`
