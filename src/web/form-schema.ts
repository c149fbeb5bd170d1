import { Type } from 'typebox'

/** What a form of a page sends: these fields, with the token that ties it to the browser, and no other. */
export const formBody = <T extends Parameters<typeof Type.Object>[0]>(fields: T) =>
  Type.Object({ ...fields, _jeton: Type.Optional(Type.String()) }, { additionalProperties: false })
