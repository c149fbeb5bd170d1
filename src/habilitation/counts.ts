import { type SQL, sql } from '../drizzle.ts'
import { type Db, rows } from '../db.ts'
import type { HabilitationRequestStatus } from './statuses.ts'

/** The statuses of a request that is neither closed nor granted. */
export const IN_PROGRESS: readonly HabilitationRequestStatus[] = [
  'waitling_list',
  'new',
  'processing',
  'processing_p2p',
]

/** What each count is of, in words; they are never added: one person may be in both. */
export const DEFINITIONS = {
  habilites:
    'Personnes dont au moins une habilitation vaut aujourd’hui (ni suspendue, ni retirée), chacune comptée une fois ; et ces habilitations, une par personne et par structure.',
  enCours:
    'Personnes dont au moins une demande n’est ni validée, ni refusée, ni annulée, chacune comptée une fois ; et ces demandes, une par personne et par structure.',
  ensemble:
    'Les deux nombres ne s’additionnent pas : une personne habilitée dans une structure et en cours dans une autre est dans les deux.',
  departement:
    'Le département d’une structure est celui que donne sa demande ; une structure dont il n’est pas connu n’est comptée dans aucun.',
}

type Within = { organisationId?: string | undefined; departement?: string | undefined }
type Counts = { habilites: { people: number; habilitations: number }; enCours: { people: number; requests: number } }

/** Who is habilitated and who is on the way, in a structure, in a département or everywhere. */
export async function countHabilitations(db: Db, within: Within): Promise<Counts> {
  const [habilites] = await rows<Counts['habilites']>(
    db,
    sql`select count(distinct t.person_id)::int as people, count(*)::int as habilitations from habilitations t
        where t.ended_at is null and t.lapses = '{}' ${isWithin(within)}`,
  )
  const [enCours] = await rows<Counts['enCours']>(
    db,
    sql`select count(distinct t.person_id)::int as people, count(*)::int as requests from habilitation_requests t
        where t.status = any(${sql.param([...IN_PROGRESS])}) ${isWithin(within)}`,
  )
  return { habilites: habilites!, enCours: enCours! }
}

function isWithin({ organisationId, departement }: Within): SQL {
  const structure = organisationId === undefined ? sql`` : sql`and t.organisation_id = ${organisationId}`
  if (departement === undefined) return structure
  return sql`${structure} and t.organisation_id in (
    select q.organisation_id from organisation_requests q where q.departement = ${departement})`
}
