import { pinnedContext } from './contexts.ts'
import { addsWords } from './own-words.ts'
import type { JsonObject } from './suite.ts'

const MAX_NODES = 5000
const MAX_DEPTH = 32
// Each context is processed anew wherever it is named, which costs as much as hundreds of properties.
const MAX_PLACES = 20
const MAX_CONTEXTS = 10
const MAX_OWN_WORDS = 2

export type FormProblem =
  /** Too large or too deep to be looked at, or to be sent back. */
  { code: 'too_complex' } | { code: 'spelling'; where: string } | { code: 'context_unknown' }

/**
 * A signature covers what a JSON means in RDF, and the same meaning has many spellings: full addresses for names, aliases
 * from a context of one's own, `@included`… As the properties are read here by their plain names, a signed end date or
 * status written otherwise would verify and not be seen. So one spelling is accepted: plain names, and contexts that are known
 * here or only add words. (A signature over the JSON itself also covers words that mean nothing: `checkProof` leaves those
 * badges undecided.)
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
      if (key === '@context' && (++contexts > MAX_PLACES || isLong(child))) return { code: 'too_complex' }
      if (nodes + waiting.length > MAX_NODES) return { code: 'too_complex' }
      if (key === '@context') isKnown &&= mayHoldContext(where) && areKnown(child)
      else if (!Array.isArray(value) && !isPlain(key, child, where, root) && !isSaidOfIt(key, value, where, root))
        return { code: 'spelling', where: path.slice(0, 200) }
      waiting.push({ value: child, where: path, depth: depth + 1 })
    }
  }
  return isKnown ? null : { code: 'context_unknown' }
}

function isPlain(key: string, value: unknown, where: string, root: JsonObject): boolean {
  // A name may say its language (VC Data Model 2.0 §11.1): that spelling is read too.
  if (/^@(value|language|direction)$/.test(key)) return /^(\/issuer)?\/(name|description)(\/\d+)?$/.test(where)
  // A member of that name is lost on its way to RDF: anyone could add it, and the signature would hold.
  if (/^@|:/.test(key) || key === '__proto__') return false
  // A blank node is nobody's name, and a second description of the badge could hold what the first one lacks.
  if (key !== 'id') return true
  return typeof value !== 'string' || (!value.startsWith('_:') && (where === '' || value !== root['id']))
}

/** An endorsement names the badge that carries it, to say its comment: nothing that the badge itself could then lack. */
const isSaidOfIt = (key: string, node: object, where: string, root: JsonObject): boolean =>
  key === 'id' &&
  /(^|\/)endorsement(\/\d+)?\/credentialSubject$/.test(where) &&
  'id' in node &&
  node.id === root['id'] &&
  Object.keys(node).every((one) => ['id', 'type', 'endorsementComment'].includes(one))

/**
 * Endorsements are credentials of their own (OB 3.0 §8.4), and a proof of `eddsa-jcs-2022` says the contexts that it was made
 * under (§3.3.1); nothing else inside a badge brings its vocabulary.
 */
const mayHoldContext = (where: string): boolean => where === '' || /(^|\/)(endorsement|proof)(\/\d+)?$/.test(where)

const isLong = (contexts: unknown): boolean => {
  const all = [contexts].flat()
  return all.length > MAX_CONTEXTS || all.filter((one) => typeof one === 'object').length > MAX_OWN_WORDS
}

const areKnown = (contexts: unknown): boolean =>
  [contexts].flat().every((one) => (typeof one === 'string' ? pinnedContext(one) !== undefined : addsWords(one)))
