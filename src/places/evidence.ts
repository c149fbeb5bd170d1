import { parisDate, parisDay } from '../days.ts'
import type { Db } from '../db.ts'
import { invalid } from '../errors.ts'
import { getPlace, type Tie } from './places.ts'
import { type AsOf, readTeam, type Team } from './team.ts'
import { FEW, type Tells, told, toldOfBadge } from './telling.ts'

/** What each fact counts, in words; the second is of days as well as of contracts. */
const DEFINITIONS = {
  'aidants-connect':
    'Personnes dont une habilitation Aidants Connect vaut dans cette structure : ni suspendue, ni retirée.',
  'conseillers-numeriques':
    'Personnes qui ont avec cette structure un contrat de conseillère ou conseiller numérique en cours, premier et dernier jours compris, d’après les contrats déclarés à ce jour.',
  badges:
    'Parmi ces personnes, combien tiennent chaque badge : délivré, ni révoqué, ni suspendu, ni arrivé à sa fin. Un badge que moins de 5 personnes tiennent n’est pas cité, sauf accord des personnes.',
}

/** What the evidence does not let be read of people, in words. */
const RULES: Record<Tells, string> = {
  presence: `La structure dit oui ou non, sans nombre ; un badge n’est cité que si ${FEW} personnes au moins le tiennent.`,
  numbers: `Les nombres sont dits à partir de ${FEW} personnes ; en dessous, oui ou non.`,
  all: `Les nombres sont dits. Sous ${FEW}, seulement si toutes les personnes comptées étaient là le jour où la structure a déclaré leur accord.`,
}

const SOURCE = 'Insigne : habilitations, contrats et badges enregistrés dans ce service'

/**
 * The evidence of a place: who is trained in its structure, in numbers, computed from the rows. `at` is a day in Paris, at its
 * end; now when absent. Errors: `not_found`, `place_ended`, `date_invalid`, `date_future`, `evidence_before`.
 */
export async function readEvidence(db: Db, baseUrl: string, placeId: string, at: string | undefined, now = new Date()) {
  const { tie, structure } = await getPlace(db, placeId)
  const asOf = asOfDay(at, now)
  requireTold(tie, asOf.day)
  // Who had left before the agreement was stated has agreed to nothing either.
  const agreedAt = tie.agreedAt && tie.agreedAt <= asOf.at ? tie.agreedAt : null
  const team = await readTeam(db, { organisationId: tie.organisationId, agreedAt, ...asOf })
  return {
    place: { id: tie.placeId, nom: tie.nom },
    structure: {
      nom: structure.name,
      pivot: structure.siret,
      page: `${baseUrl}/organisations/${structure.slug}`,
    },
    asOf: asOf.day,
    since: parisDate(tie.since),
    tells: tie.tells,
    rule: RULES[tie.tells],
    ...factsOf(baseUrl, tie.tells, team),
    source: SOURCE,
    computedAt: now.toISOString(),
  }
}

/** What is told of a team: its facts, each with what it counts, and the badge classes that its people hold. */
function factsOf(baseUrl: string, tells: Tells, { aidants, conseillers, badges }: Team) {
  const fact = (id: 'aidants-connect' | 'conseillers-numeriques', label: string, counted: Team['aidants']) => ({
    fact: id,
    label,
    ...told(tells, counted),
    unit: 'personnes',
    definition: DEFINITIONS[id],
  })
  return {
    facts: [
      fact('aidants-connect', 'Aidantes et aidants habilités Aidants Connect', aidants),
      fact('conseillers-numeriques', 'Conseillères et conseillers numériques sous contrat', conseillers),
    ],
    badges: badges.flatMap(({ slug, name, ...counted }) => {
      const one = toldOfBadge(tells, counted)
      return one ? [{ achievement: `${baseUrl}/achievements/${slug}`, name, ...one }] : []
    }),
    badgesDefinition: DEFINITIONS.badges,
  }
}

/** The end of a day in Paris, or now: today is told as it is at this moment. Errors: `date_invalid`, `date_future`. */
function asOfDay(day: string | undefined, now: Date): AsOf {
  const today = parisDate(now)
  if (day === undefined || day === today) return { at: now, day: today, isNow: true }
  if (day > today) {
    throw invalid(
      'date_future',
      `Le ${day} n’est pas encore passé : personne ne sait ce qui sera vrai alors.`,
      'Demandez aujourd’hui ou un jour passé.',
    )
  }
  return { at: new Date(parisDay(day).until.getTime() - 1), day, isNow: false }
}

/** A structure that opens its evidence opens nothing of the days before. */
function requireTold({ since, placeId }: Tie, day: string): void {
  const first = parisDate(since)
  if (day >= first) return
  throw invalid(
    'evidence_before',
    `Les preuves du lieu « ${placeId} » sont publiques depuis le ${first} : rien n’est dit des jours d’avant.`,
    `Demandez le ${first} ou un jour suivant.`,
  )
}

/** What would be told of a structure today under each choice, an agreement being stated now: for its own staff. */
export async function previewEvidence(db: Db, baseUrl: string, organisationId: string, now = new Date()) {
  const team = await readTeam(db, { organisationId, agreedAt: null, ...asOfDay(undefined, now) })
  const counted = [team.aidants, team.conseillers, ...team.badges]
  for (const one of counted) one.newcomers = 0
  const of = (tells: Tells) => factsOf(baseUrl, tells, team)
  return { presence: of('presence'), numbers: of('numbers'), all: of('all') }
}
export type Preview = Awaited<ReturnType<typeof previewEvidence>>
