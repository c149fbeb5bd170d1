const XSD_STRING = 'http://www.w3.org/2001/XMLSchema#string'
const LANG_STRING = 'http://www.w3.org/1999/02/22-rdf-syntax-ns#langString'
const ESCAPES: Record<string, string> = {
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\f': '\\f',
  '\r': '\\r',
  '"': '\\"',
  '\\': '\\\\',
}

/** An IRI in canonical N-Quads; null for one that JSON-LD might expand otherwise, or N-Quads escape. */
export const canonicalIri = (value: string): string | null =>
  /^(https?:\/\/|did:|urn:)[\w:/#.?&=%~@+-]+$/.test(value) || // the usual ones, told quickly
  /^(https?:\/\/|did:|urn:)[^\p{Cc}\p{Cs}\s<>"{}|^`\\]+$/u.test(value)
    ? `<${value}>`
    : null

/** How literals of that type are written in canonical N-Quads (RDFC-1.0, Appendix A). */
export function canonicalLiteral(type = XSD_STRING, language?: string): (value: string) => string {
  const suffix = type === LANG_STRING ? `@${language}` : type === XSD_STRING ? '' : `^^<${type}>`
  // oxlint-disable-next-line no-control-regex -- these are the very characters to escape
  const write = (value: string) => `"${value.replace(/[\u0000-\u001F"\\\u007F]/g, escaped)}"${suffix}`
  return (value) => (/^[\w:/#.$ -]*$/.test(value) ? `"${value}"${suffix}` : write(value)) // the usual ones, told quickly
}

const escaped = (char: string): string =>
  ESCAPES[char] ?? `\\u${char.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`
