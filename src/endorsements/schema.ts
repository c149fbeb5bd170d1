import { Type } from 'typebox'

/** What someone writes of what they recommend. */
export const Comment = {
  comment: Type.String({ minLength: 20, maxLength: 2000, pattern: '\\S' }),
  confirmed: Type.Literal('oui'),
}

/** A request. */
export const Asking = {
  endorser: Type.Optional(Type.String({ maxLength: 300 })),
  note: Type.Optional(Type.String({ maxLength: 600 })),
}

/** What who asked decides. */
export const Decision = { decision: Type.Enum(['acceptance', 'declining', 'cancellation']) }

/** What was just done, in the address of the page that says it. */
export const Done = Type.Object({ fait: Type.Optional(Type.String({ maxLength: 20 })) })

/** By the word of the address. */
export const DONE = new Map([
  ['demandee', 'La demande est faite.'],
  ['lien', 'Le lien est prêt : copiez-le ci-dessous, et donnez-le à qui vous voulez.'],
  ['acceptance', 'La recommandation est affichée.'],
  ['declining', 'La recommandation n’est pas affichée.'],
  ['cancellation', 'La demande est retirée : son lien n’ouvre plus rien.'],
  ['donnee', 'Votre recommandation est signée et transmise. Elle se verra quand elle aura été acceptée.'],
  ['refusee', 'C’est noté : vous ne recommandez pas.'],
  ['retiree', 'Votre recommandation est retirée : qui en a gardé une copie le verra en la vérifiant.'],
])
