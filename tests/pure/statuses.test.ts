import { expect, test } from 'vitest'
import { legalMoves } from '../../src/habilitation/moves.ts'
import { isNominative, saysElectedOrVolunteer } from '../../src/habilitation/professionals.ts'
import {
  HABILITATION_REQUEST_MOVES,
  HABILITATION_REQUEST_STATUSES,
  keysOf,
  ORGANISATION_REQUEST_MOVES,
  ORGANISATION_REQUEST_STATUSES,
} from '../../src/habilitation/statuses.ts'

/** The statuses that moves lead to from the first ones, those included. */
function reachable(first: string[], moves: { from: readonly string[]; to: string[] }[]): string[] {
  const found = new Set(first)
  for (;;) {
    const next = moves.filter(({ from }) => from.some((one) => found.has(one))).flatMap(({ to }) => to)
    if (next.every((one) => found.has(one))) return [...found]
    next.forEach((one) => found.add(one))
  }
}

test('every status of a request for a structure is reached, but the one that only an import could bring', () => {
  const moves = Object.values(ORGANISATION_REQUEST_MOVES).map(({ from, to }) => ({ from, to: [to] }))
  const met = reachable(['NEW'], moves)
  expect(keysOf(ORGANISATION_REQUEST_STATUSES).filter((one) => !met.includes(one))).toEqual(['CHANGES_PROPOSED'])
})

test('every status of a request for a person is reached, but the two that only an import brings', () => {
  const moves = Object.values(HABILITATION_REQUEST_MOVES).map(({ from, to }) => ({ from, to: Object.values(to) }))
  // Where one begins: asked for by a référent, or named by a structure that is accepted.
  const met = reachable(['waitling_list', 'processing', 'processing_p2p'], moves)
  expect(keysOf(HABILITATION_REQUEST_STATUSES).filter((one) => !met.includes(one))).toEqual(['new', 'cancelled'])
})

test('from each status, who may do what', () => {
  const said = (statuses: readonly string[], moves: Record<string, { from: readonly string[] }>) =>
    statuses.map((status) => {
      const by = (['issuer', 'officer', 'referent', 'service'] as const).map((who) => {
        const legal = legalMoves(moves as never, status as never, [who]).join(' ')
        return legal && `${who}: ${legal}`
      })
      return `${status} → ${by.filter(Boolean).join(', ') || 'nothing'}`
    })
  expect(said(keysOf(ORGANISATION_REQUEST_STATUSES), ORGANISATION_REQUEST_MOVES)).toEqual([
    'NEW → issuer: submission, officer: reopening',
    'AC_VALIDATION_PROCESSING → officer: acceptance refusal changes',
    'VALIDATED → officer: reopening, service: closure',
    'REFUSED → officer: reopening',
    'CLOSED → officer: reopening',
    'CHANGES_REQUIRED → issuer: submission, officer: reopening',
    'CHANGES_PROPOSED → issuer: submission, officer: reopening',
  ])
  expect(said(keysOf(HABILITATION_REQUEST_STATUSES), HABILITATION_REQUEST_MOVES)).toEqual([
    'waitling_list → officer: admission validation refusal, referent: cancellation, service: validation',
    'new → officer: admission validation refusal, referent: cancellation, service: validation',
    'processing → officer: peers validation refusal, referent: peers cancellation, service: validation',
    'processing_p2p → officer: validation, referent: cancellation, service: validation',
    'validated → referent: cancellation',
    'refused → nothing',
    'cancelled → officer: validation, service: validation',
    'status_cancelled_by_responsable → nothing',
  ])
})

test.for([
  'accueil@exemple.invalid',
  'Accueil.Lyon@exemple.invalid',
  'mairie69@exemple.invalid',
  'contacts@exemple.invalid',
  'info-rh@exemple.invalid',
  'ccas_2@exemple.invalid',
  'médiathèque@exemple.invalid',
  'bibliotheque+jeunes@exemple.invalid',
  'no-reply@exemple.invalid',
  'NOREPLY@exemple.invalid',
  'rh@exemple.invalid',
  'secrétariat.direction@exemple.invalid',
])('%s is nobody’s own address', (email) => expect(isNominative(email)).toBe(false))

test.for([
  'zoe.exemple@exemple.invalid',
  'rhea.exemple@exemple.invalid',
  'admine@exemple.invalid',
  'z.mairie@exemple.invalid',
  'directiona@exemple.invalid',
])('%s is someone’s', (email) => expect(isNominative(email)).toBe(true))

test.for([
  'Élue',
  'élu municipal',
  'Élu(e) à la culture',
  'Maire',
  'Madame la maire',
  'Maire-adjointe',
  'Adjointe au maire',
  'Premier adjoint au Maire',
  'Conseillère municipale déléguée',
  'Conseiller(ère) municipal(e)',
  'conseillers municipaux',
  'Bénévole',
  'Animatrice bénévole',
  'BÉNÉVOLES',
])('%s is no professional', (profession) => expect(saysElectedOrVolunteer(profession)).toBe(true))

test.for([
  'Secrétaire de mairie',
  'Conseiller numérique',
  'Conseillère en insertion professionnelle',
  'Secrétaire du maire',
  'Assistante de la maire',
  'Agente au service des élus',
  'Assistant d’une élue',
  'Coordinatrice des bénévoles',
  'Responsable de bénévoles',
  'Adjointe administrative',
  'Agent d’accueil',
])('%s is one', (profession) => expect(saysElectedOrVolunteer(profession)).toBe(false))
