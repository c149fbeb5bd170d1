import { Type } from 'typebox'

/** The number of a release. */
export const ReleaseNumber = Type.Integer({ minimum: 1, maximum: 9_999_999 })

/** Why a release was made, in one or some sentences. */
export const ReleaseNote = Type.String({ minLength: 3, maxLength: 1000, pattern: '^\\P{Cc}*[^\\s\\p{Cc}]\\P{Cc}*$' })
