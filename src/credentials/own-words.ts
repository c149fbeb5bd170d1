import { pinnedContexts } from './contexts.ts'

/**
 * Whether a context written inside a document (VC Data Model 2.0 §4.3) only adds words of its own: each a name that no known
 * context has, for an address outside their vocabularies that ends with that very name. Such words have one spelling: none can
 * hide a known property, nor be signed under one name and shown under another.
 */
export function addsWords(context: unknown): boolean {
  if (typeof context !== 'object' || context === null || Array.isArray(context)) return false
  const words = Object.entries(context)
  return words.length > 0 && words.every(([name, address]) => isNewWord(name, address))
}

function isNewWord(name: string, address: unknown): boolean {
  if (!/^[A-Za-z][\w-]*$/.test(name) || KNOWN.names.has(name)) return false
  if (typeof address !== 'string' || !/^https?:\/\/[^\s/]+\/\S*$/.test(address) || !URL.canParse(address)) return false
  return !KNOWN.origins.has(new URL(address).origin) && address.split(/[/#]/).at(-1) === name
}

const KNOWN = knownWords()

/** The names that known contexts define, at whatever depth, and the origins of the addresses that they name. */
function knownWords() {
  const names = new Set<string>()
  const origins = new Set<string>()
  const waiting: unknown[] = pinnedContexts()
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (typeof next === 'string' && URL.canParse(next)) origins.add(new URL(next).origin)
    if (typeof next !== 'object' || next === null) continue
    for (const [key, value] of Object.entries(next)) {
      if (!Array.isArray(next) && !key.startsWith('@')) names.add(key)
      waiting.push(value)
    }
  }
  return { names, origins }
}
