import { type Compiled, compile, marker } from './compile.ts'
import type { Values } from './fill.ts'
import { assemble, type Fixed, type Slots } from './slots.ts'

/** All the badges of an issuer and a class: what is common to them was worked out once. */
export type CompiledBadge = {
  /** Makes the forms of these badges ready; each set of properties that they may have is compiled when first met. */
  prepare(slots: Slots[]): Promise<void>
  /** The canonical N-Quads of a prepared badge, good until the next call, and its JSON up to the last brace; null for the library's badges. */
  fill(slots: Slots): { canonical: Uint8Array; open: () => string } | null
}

type Template = { texts: string[]; positions: number[] }
const MAX_TEMPLATES = 1000

/** Compiles the badges of an issuer and a class. */
export function compileBadge(fixed: Fixed): CompiledBadge {
  const forms = new Map<string, Compiled | null>()
  const templates = new Map<string, Template>()
  const results = (fixed.achievement.resultDescription ?? []).length

  const template = (slots: Slots): Template => {
    let shape = shapeOf(slots)
    for (const result of slots.results) shape += result === null ? '0' : '1'
    const known = templates.get(shape)
    if (known) return known
    const parts = JSON.stringify(assemble(fixed, marked(slots, slots.results)))
      .slice(0, -1)
      .split(/"urn:slot:(\d+):"/)
    const made = {
      texts: parts.filter((_, n) => n % 2 === 0),
      positions: parts.filter((_, n) => n % 2 === 1).map(Number),
    }
    if (templates.size < MAX_TEMPLATES) templates.set(shape, made)
    return made
  }
  return {
    async prepare(all) {
      for (const slots of all) {
        const shape = shapeOf(slots)
        if (forms.has(shape)) continue
        // Every result is compiled in; those that a badge lacks leave with their blank node.
        const whole = marked(
          slots,
          Array.from({ length: results }, () => ''),
        )
        forms.set(
          shape,
          await compile(assemble(fixed, whole), (position) => position >= FIRST_RESULT).catch(() => null),
        )
      }
    },
    fill(slots) {
      const values = valuesOf(slots)
      const canonical = forms.get(shapeOf(slots))?.(values) ?? null
      return canonical && { canonical, open: () => write(template(slots), values) }
    },
  }
}

function write({ texts, positions }: Template, values: Values): string {
  let text = texts[0]!
  for (let n = 0; n < positions.length; n++) text += JSON.stringify(values[positions[n]!]) + texts[n + 1]!
  return text
}

/** Which properties a badge has, its results apart. */
function shapeOf({ validUntil, evidence }: Slots): string {
  if (!evidence) return validUntil === null ? 'none' : 'none until'
  return `${evidence.id !== null} ${evidence.narrative !== null} ${validUntil !== null}`
}

/** The numbers of the slots: the order of `valuesOf`. */
const FIRST_RESULT = 16

const valuesOf = ({ email, name, results, evidence, revocation, suspension, ...plain }: Slots): Values => [
  plain.id,
  plain.validFrom,
  plain.validUntil,
  plain.activityEndDate,
  email.identityHash,
  email.salt,
  name.identityHash,
  name.salt,
  evidence?.id ?? null,
  evidence?.narrative ?? null,
  revocation.id,
  revocation.index,
  revocation.list,
  suspension.id,
  suspension.index,
  suspension.list,
  ...results,
]

/** The same properties, with a marker for each value that is there. */
function marked({ validUntil, evidence }: Slots, results: (string | null)[]): Slots {
  const entry = (first: number) => ({ id: marker(first), index: marker(first + 1), list: marker(first + 2) })
  const kept = (value: string | null, position: number) => (value === null ? null : marker(position))
  return {
    id: marker(0),
    validFrom: marker(1),
    validUntil: kept(validUntil, 2),
    activityEndDate: marker(3),
    email: { identityHash: marker(4), salt: marker(5) },
    name: { identityHash: marker(6), salt: marker(7) },
    evidence: evidence && { id: kept(evidence.id, 8), narrative: kept(evidence.narrative, 9) },
    revocation: entry(10),
    suspension: entry(13),
    results: results.map((value, index) => kept(value, FIRST_RESULT + index)),
  }
}
