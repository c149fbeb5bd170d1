import { type Compiled, compile, marker, type Values } from './compile.ts'
import { assemble, type Fixed, type Slots } from './slots.ts'

/** All the badges of an issuer and a class: what is common to them was worked out once. */
export type CompiledBadge = {
  /** The canonical N-Quads of the unsigned badge, until the next call; null when the library has to be asked. */
  canonise(slots: Slots): Promise<Uint8Array | null>
  /** The JSON of the unsigned badge. */
  write(slots: Slots): string
}

const RESULT = 'result.'

/** Compiles the badges of an issuer and a class; each set of properties that they may have, when it is first met. */
export function compileBadge(fixed: Fixed): CompiledBadge {
  const forms = new Map<string, Promise<Compiled | null>>()
  const templates = new Map<string, { texts: string[]; names: string[] }>()
  const results = (fixed.achievement.resultDescription ?? []).map((_, index) => RESULT + index)

  return {
    async canonise(slots) {
      const shape = shapeOf(slots)
      let form = forms.get(shape)
      if (!form) {
        // Every result is compiled in; those that a badge lacks leave with their blank node.
        const whole = marked(slots, results)
        form = compile(assemble(fixed, whole), results).catch(() => null)
        forms.set(shape, form)
      }
      return (await form)?.(valuesOf(slots)) ?? null
    },
    write(slots) {
      const shown = slots.results.map((value, index) => (value === null ? '' : RESULT + index))
      const shape = `${shapeOf(slots)} ${shown.join()}`
      let template = templates.get(shape)
      if (!template) {
        const parts = JSON.stringify(assemble(fixed, marked(slots, shown))).split(/"urn:slot:([\w.]+)"/)
        template = { texts: parts.filter((_, n) => n % 2 === 0), names: parts.filter((_, n) => n % 2 === 1) }
        if (templates.size < 1000) templates.set(shape, template)
      }
      const values = valuesOf(slots)
      const { texts, names } = template
      let text = texts[0]!
      for (let n = 0; n < names.length; n++) text += JSON.stringify(values[names[n]!]) + texts[n + 1]!
      return text
    },
  }
}

/** Which properties a badge has, its results apart. */
const shapeOf = ({ validUntil, evidence }: Slots): string =>
  `${validUntil === null ? '' : 'until'} ${evidence ? `${evidence.id === null ? '' : 'id'}+${evidence.narrative === null ? '' : 'narrative'}` : ''}`

/** The same properties, with markers for values. */
function marked({ validUntil, evidence, identifier }: Slots, results: string[]): Slots {
  const entry = (purpose: string) => ({
    id: marker(`${purpose}.id`),
    index: marker(`${purpose}.index`),
    list: marker(`${purpose}.list`),
  })
  const [email, name] = identifier
  return {
    id: marker('id'),
    validFrom: marker('validFrom'),
    validUntil: validUntil === null ? null : marker('validUntil'),
    activityEndDate: marker('activityEndDate'),
    identifier: [
      { ...email, identityHash: marker('email.hash'), salt: marker('email.salt') },
      { ...name, identityHash: marker('name.hash'), salt: marker('name.salt') },
    ],
    results: results.map((slot) => (slot === '' ? null : marker(slot))),
    evidence: evidence && {
      id: evidence.id === null ? null : marker('evidence.id'),
      narrative: evidence.narrative === null ? null : marker('evidence.narrative'),
    },
    revocation: entry('revocation'),
    suspension: entry('suspension'),
  }
}

function valuesOf({ identifier, results, evidence, revocation, suspension, ...plain }: Slots): Values {
  const [email, name] = identifier
  const values: Values = {
    id: plain.id,
    validFrom: plain.validFrom,
    validUntil: plain.validUntil,
    activityEndDate: plain.activityEndDate,
    'email.hash': email.identityHash,
    'email.salt': email.salt,
    'name.hash': name.identityHash,
    'name.salt': name.salt,
    'evidence.id': evidence?.id ?? null,
    'evidence.narrative': evidence?.narrative ?? null,
    'revocation.id': revocation.id,
    'revocation.index': revocation.index,
    'revocation.list': revocation.list,
    'suspension.id': suspension.id,
    'suspension.index': suspension.index,
    'suspension.list': suspension.list,
  }
  for (const [index, value] of results.entries()) values[RESULT + index] = value
  return values
}
