import { pinnedContext } from './contexts.ts'
import type { JsonObject } from './suite.ts'

const MAX_NODES = 5000
const MAX_DEPTH = 32
const MAX_CONTEXTS = 20 // each one is processed anew, which costs as much as hundreds of properties

export type FormProblem =
  /** Too large or too deep to be looked at, or to be sent back. */
  { code: 'too_complex' } | { code: 'spelling'; where: string } | { code: 'context_unknown' }

/**
 * A signature covers what a JSON means in RDF, and the same meaning has many spellings: full addresses for names, aliases
 * from a context of one's own, `@included`… As the properties are read here by their plain names, a signed end date or
 * status written otherwise would verify and not be seen. So one spelling is accepted: plain names, contexts known here.
 */
export function checkForm(root: JsonObject): FormProblem | null {
  const waiting = [{ value: root as unknown, where: '', depth: 0 }]
  let nodes = 0
  let contexts = 0
  let isKnown = true
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { value, where, depth } = next
    if (++nodes > MAX_NODES || depth > MAX_DEPTH) return { code: 'too_complex' }
    if (typeof value !== 'object' || value === null) continue
    for (const [key, child] of Object.entries(value)) {
      const path = `${where}/${key}`
      if (key === '@context') contexts++
      if (nodes + waiting.length > MAX_NODES || contexts > MAX_CONTEXTS) return { code: 'too_complex' }
      if (key === '@context') isKnown &&= mayHoldContext(where) && areKnown(child)
      else if (!Array.isArray(value) && !isPlain(key, child, where, root))
        return { code: 'spelling', where: path.slice(0, 200) }
      waiting.push({ value: child, where: path, depth: depth + 1 })
    }
  }
  return isKnown ? null : { code: 'context_unknown' }
}

function isPlain(key: string, value: unknown, where: string, root: JsonObject): boolean {
  if (/^@|:/.test(key)) return false
  // A blank node is nobody's name, and a second description of the badge could hold what the first one lacks.
  if (key !== 'id') return true
  return typeof value !== 'string' || (!value.startsWith('_:') && (where === '' || value !== root['id']))
}

/** Endorsements are credentials of their own (OB 3.0 §8.4); nothing else inside a badge brings its vocabulary. */
const mayHoldContext = (where: string): boolean => where === '' || /(^|\/)endorsement(\/\d+)?$/.test(where)

const areKnown = (contexts: unknown): boolean =>
  [contexts].flat().every((one) => typeof one === 'string' && pinnedContext(one) !== undefined)
