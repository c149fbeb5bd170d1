import { eq, type InferSelectModel } from '../drizzle.ts'
import type { Db } from '../db.ts'
import { brokenConstraint, conflict, invalid, notFound } from '../errors.ts'
import { record } from '../journal/journal.ts'
import { organisationEvents, organisations } from './organisations.sql.ts'
import { isSiret } from './siret.ts'
import { STATE_WORDS } from './transitions.ts'

export type Organisation = InferSelectModel<typeof organisations>
export type Declaration = {
  name: string
  siret?: string | null
  nda?: string | null
  qualiopi?: boolean
  url?: string | null
}
export type NewOrganisation = Declaration & { slug: string }
/** Who registers; the operator approves in the same move. A structure of aidants is only known: it does not ask to issue. */
type Registration = { author: string; state: 'known' | 'pending' | 'approved' }

/** Registers an organisation. Errors: `siret_invalid`, `url_invalid`, `slug_taken`, `siret_taken`. */
export async function registerOrganisation(
  db: Db,
  given: NewOrganisation,
  { author, state }: Registration,
): Promise<Organisation> {
  const { slug } = given
  const declared = checkedDeclaration(given)
  try {
    return await db.transaction(async (tx) => {
      const [created] = await tx
        .insert(organisations)
        .values({ ...declared, slug, state })
        .returning()
      const organisationId = created!.id
      const reason = REGISTERED[state]
      await tx.insert(organisationEvents).values({ organisationId, state, author, reason })
      await record(tx, {
        author,
        action: 'organisation.registered',
        subject: `organisation:${slug}`,
        organisationId,
        details: { state },
      })
      return created!
    })
  } catch (error) {
    throw namedConflict(error, { slug, siret: declared.siret }) ?? error
  }
}

const REGISTERED = {
  known: 'Structure éligible à Aidants Connect',
  pending: 'Inscription demandée',
  approved: 'Inscrit par l’exploitant',
}

/** What an organisation says of itself, as it is kept. Errors: `siret_invalid`, `url_invalid`. */
export function checkedDeclaration({ name, nda, qualiopi = false, ...given }: Declaration) {
  const siret = given.siret?.replaceAll(/\s/g, '') || null
  const url = given.url ? URL.parse(given.url)?.href : null
  if (siret && !isSiret(siret)) {
    throw invalid(
      'siret_invalid',
      `Le SIRET « ${siret} » n’est pas valable : sa clé de contrôle ne correspond pas.`,
      'Recopiez les 14 chiffres depuis l’avis de situation (ou le RIDET de 7 à 10 chiffres outre-mer).',
    )
  }
  if (url === undefined) {
    throw invalid('url_invalid', `L’adresse « ${given.url} » n’est pas valable.`, 'Recopiez-la depuis le navigateur.')
  }
  return { name, siret, nda: nda || null, qualiopi, url }
}

/** What a number or an identifier already taken is called; null for another error. */
export function namedConflict(error: unknown, { slug, siret }: { slug: string; siret?: string | null }) {
  switch (brokenConstraint(error)) {
    case 'organisation_slug_unique':
      return conflict('slug_taken', `L’identifiant « ${slug} » est déjà pris.`, 'Choisissez-en un autre.')
    case 'organisation_siret_unique':
      return conflict(
        'siret_taken',
        `Un organisme porte déjà le SIRET ${siret}.`,
        'Utilisez cet organisme, ou vérifiez le numéro de l’établissement.',
      )
    default:
      return null
  }
}

/** The organisation of that slug; `not_found` otherwise. */
export async function getOrganisation(db: Db, slug: string): Promise<Organisation> {
  const [found] = await db.select().from(organisations).where(eq(organisations.slug, slug))
  if (!found) throw notFound('L’organisme', slug)
  return found
}

/** Lets an approved organisation through; `organisation_not_approved` otherwise. */
export function requireApproved({ name, state }: Organisation): void {
  if (state === 'approved') return
  throw conflict(
    'organisation_not_approved',
    `L’organisme « ${name} » est ${STATE_WORDS[state]} : il ne peut ni délivrer de badges ni inviter son équipe.`,
    state === 'refused'
      ? 'Lisez le motif sur la page « Mes organismes », corrigez, puis demandez à nouveau.'
      : 'Attendez la décision de l’exploitant du service, ou écrivez-lui.',
  )
}

/** The wire form: facts as they are known, nothing internal. */
export function serializeOrganisation(organisation: Organisation, baseUrl: string) {
  const { slug, name, siret, nda, qualiopi, url, state } = organisation
  return {
    slug,
    name,
    siret,
    nda,
    qualiopi,
    url,
    state,
    did: issuerDid(baseUrl, slug),
    page: `${baseUrl}/organisations/${slug}`,
  }
}

/** did:web of an organisation: its document is `/organisations/{slug}/did.json` of this host (did:web method §3). */
export function issuerDid(baseUrl: string, slug: string): string {
  return `did:web:${encodeURIComponent(new URL(baseUrl).host)}:organisations:${slug}`
}
