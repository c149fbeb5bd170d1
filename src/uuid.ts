/** An identifier of this service within an expression, as its addresses write it. */
export const UUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}'

const WHOLE = new RegExp(`^${UUID}$`)

/** Whether a text is such an identifier: nothing else is looked for in the database. */
export const isUuid = (text: string): boolean => WHOLE.test(text)
