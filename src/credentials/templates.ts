import { hash } from 'node:crypto'
import { proofOptions } from './compiled-proof.ts'
import { MARKER, marker, type Values } from './fill.ts'
import { assemble, type Fixed, slotsFrom } from './slots.ts'

/** The text of the badges of a class that have the same properties: pieces of JSON, and the numbers of the values between. */
export type Template = { digest: string; parts: (string | number)[] }

/** The templates of the badges of an issuer and a class: one for each set of properties met. */
export function createTemplates(fixed: Fixed): (values: Values) => Template {
  const known = new Map<string, Template>()
  return (values) => {
    const shape = values.map((value) => (value === null ? '0' : '1')).join('')
    const template = known.get(shape) ?? templateOf(fixed, values)
    known.set(shape, template)
    return template
  }
}

function templateOf(fixed: Fixed, values: Values): Template {
  const end = values.length
  const badge = assemble(fixed, slotsFrom(values.map((value, n) => (value === null ? null : marker(n)))))
  const proof = { ...proofOptions(marker(end), marker(end + 1)), proofValue: marker(end + 2) }
  const parts = JSON.stringify({ ...badge, proof })
    .split(new RegExp(`"${MARKER}"`))
    .map((part, n) => (n % 2 === 0 ? part : Number(part)))
  return { digest: hash('sha256', JSON.stringify(parts), 'base64url'), parts }
}

/** The signed credential, byte for byte as it was signed: a join, so that no later change of this code can alter it. */
export const renderDocument = (parts: Template['parts'], values: Values): string =>
  parts.map((part) => (typeof part === 'string' ? part : JSON.stringify(values[part]))).join('')
