import { decode } from 'base58-universal'
import { publishedDigests } from './contexts.ts'
import type { JsonObject } from './suite.ts'

/** A URL as credentials write it: a scheme, then something without spaces. */
export const URL_PATTERN = '^[A-Za-z][A-Za-z0-9+.-]*:\\S+$'
const ABSOLUTE = new RegExp(URL_PATTERN)

/** What a credential breaks, by a code that has its sentence, and the place (JSON Pointer). */
export type BrokenMust = {
  code: 'type_missing' | 'id_not_url' | 'text_invalid' | 'related_invalid' | 'context_altered'
  where: string
}

/**
 * The first rule of the VC Data Model 2.0 that a credential breaks, among those that neither the signature library nor the
 * shape of a badge checks: types (§4.5), identifiers (§4.4), names (§11.1), related resources (§5.3). Null when it keeps them.
 */
export const brokenMust = (credential: JsonObject): BrokenMust | null =>
  untyped(credential) ??
  strayId(credential, '') ??
  unreadableText(credential) ??
  brokenResource(credential['relatedResource'])

/** Members that must say what they are. A proof that is no object is for the check of the proof to name. */
const TYPED = ['credentialStatus', 'credentialSchema', 'refreshService', 'termsOfUse', 'evidence', 'proof']

function untyped(credential: JsonObject): BrokenMust | null {
  for (const name of TYPED) {
    for (const { value, where } of placed(credential[name], `/${name}`)) {
      if (name === 'proof' && !isObject(value)) continue
      const types = isObject(value) ? [value['type'] ?? []].flat() : []
      if (types.length === 0 || !types.every(isFilled)) return { code: 'type_missing', where }
      if (name === 'credentialSchema' && isObject(value) && value['id'] === undefined)
        return { code: 'id_not_url', where: `${where}/id` }
    }
  }
  return null
}

/** An identifier is one URL, wherever it is. The form is checked before this: nothing here is deep. */
function strayId(value: unknown, where: string): BrokenMust | null {
  if (typeof value !== 'object' || value === null) return null
  for (const [key, child] of Object.entries(value)) {
    const path = `${where}/${key}`
    if (key === '@context') continue
    if (key === 'id' && !Array.isArray(value) && !(typeof child === 'string' && ABSOLUTE.test(child)))
      return { code: 'id_not_url', where: path }
    const found = strayId(child, path)
    if (found) return found
  }
  return null
}

const NAMED = ['name', 'description'] as const

function unreadableText(credential: JsonObject): BrokenMust | null {
  const bearers: [unknown, string][] = [
    [credential, ''],
    [credential['issuer'], '/issuer'],
  ]
  for (const [bearer, where] of bearers) {
    for (const name of NAMED) {
      const text = isObject(bearer) ? bearer[name] : undefined
      if (text !== undefined && textOf(text) === null) return { code: 'text_invalid', where: `${where}/${name}` }
    }
  }
  return null
}

/** The words of a name or description: a string, or values that say their language, of which the French one is taken first. */
export function textOf(value: unknown): string | null {
  if (typeof value === 'string') return value
  const values = Array.isArray(value) ? value : [value]
  if (values.length === 0 || !values.every(isLanguageValue)) return null
  return (values.find((one) => /^fr\b/i.test(one['@language'] ?? '')) ?? values[0]!)['@value']
}

type LanguageValue = { '@value': string; '@language'?: string }

const isLanguageValue = (value: unknown): value is LanguageValue => {
  if (!isObject(value)) return false
  const { '@value': text, '@language': language = 'fr', '@direction': direction = 'ltr', ...others } = value
  return (
    typeof text === 'string' &&
    typeof language === 'string' &&
    /^[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*$/.test(language) &&
    (direction === 'ltr' || direction === 'rtl') &&
    Object.keys(others).length === 0
  )
}

/** Resources that a credential depends on: each named once, with a digest; that of a context known here must be the published one. */
function brokenResource(related: unknown): BrokenMust | null {
  const known = new Set<unknown>()
  for (const { value, where } of placed(related, '/relatedResource')) {
    if (!isObject(value) || typeof value['id'] !== 'string' || known.has(value['id']))
      return { code: 'related_invalid', where }
    known.add(value['id'])
    const digests = [...sriDigests(value['digestSRI']), ...multibaseDigests(value['digestMultibase'])]
    if (digests.length === 0 || digests.includes(null)) return { code: 'related_invalid', where }
    // The contexts are kept by their meaning: what is compared is the digests published of their bytes.
    const isAltered = publishedDigests(value['id']).some((published) => {
      const given = digests.filter((digest) => digest?.length === published.length)
      return given.length > 0 && !given.includes(published)
    })
    if (isAltered) return { code: 'context_altered', where }
  }
  return null
}

const SIZES: Record<string, number> = { sha256: 32, sha384: 48, sha512: 64 }

/** The digests of a `digestSRI` (Subresource Integrity §3.5), in hexadecimal; null for one that is none. */
function sriDigests(value: unknown): (string | null)[] {
  if (value === undefined) return []
  if (typeof value !== 'string') return [null]
  return value.split(/\s+/).map((one) => {
    const [, name = '', digest = ''] = /^(sha256|sha384|sha512)-([A-Za-z0-9+/]+={0,2})$/.exec(one) ?? []
    const bytes = Buffer.from(digest, 'base64')
    return bytes.length === SIZES[name] ? bytes.toString('hex') : null
  })
}

/**
 * The same of a `digestMultibase` (Data Integrity §2.6): a multihash, whose second byte says how long the digest is. A digest
 * alone is read too, as W3C's own suite writes it (w3c/vc-data-model-2.0-test-suite, tests/fixtures.js).
 */
function multibaseDigests(value: unknown): (string | null)[] {
  const values = value === undefined ? [] : [value].flat()
  return values.map((one) => {
    const bytes = typeof one === 'string' ? multibase(one) : Buffer.alloc(0)
    if (bytes.length > 2 && bytes[1] === bytes.length - 2) return bytes.subarray(2).toString('hex')
    return Object.values(SIZES).includes(bytes.length) ? bytes.toString('hex') : null
  })
}

function multibase(text: string): Buffer {
  if (/^u[\w-]{1,200}$/.test(text)) return Buffer.from(text.slice(1), 'base64url')
  if (/^z[1-9A-HJ-NP-Za-km-z]{1,200}$/.test(text)) return Buffer.from(decode(text.slice(1)))
  return Buffer.alloc(0)
}

/** The members of a property that holds one value or several, each with its place. */
function placed(value: unknown, where: string): { value: unknown; where: string }[] {
  if (value === undefined) return []
  if (!Array.isArray(value)) return [{ value, where }]
  return value.map((one: unknown, index) => ({ value: one, where: `${where}/${index}` }))
}

const isFilled = (value: unknown): boolean => typeof value === 'string' && value !== ''
const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
