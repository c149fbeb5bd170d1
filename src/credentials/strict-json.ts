import type { JsonObject } from './suite.ts'

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** A JSON object of well-formed UTF-8 in which no name is given twice: two readers cannot see two things in it. Else null. */
export function readJson(bytes: Buffer): JsonObject | null {
  try {
    const text = utf8.decode(bytes)
    const value: unknown = JSON.parse(text)
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    return isObject && !namesTwice(text) ? (value as JsonObject) : null
  } catch {
    return null
  }
}

/** A string and, when it is a name, the colon after it; or the start or end of an object. */
const MARKS = /"([^"\\]*(?:\\.[^"\\]*)*)"(\s*:)?|[{}]/g

/** Whether an object of a valid JSON text gives one name to two members (RFC 8259 §4 leaves open which one counts). */
function namesTwice(text: string): boolean {
  const open: Set<string>[] = []
  for (const [mark, inside, colon] of text.matchAll(MARKS)) {
    if (mark === '{') open.push(new Set())
    else if (mark === '}') open.pop()
    else if (colon !== undefined) {
      const name = JSON.parse(`"${inside}"`) as string
      const names = open.at(-1)!
      if (names.has(name)) return true
      names.add(name)
    }
  }
  return false
}
