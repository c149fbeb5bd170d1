import { eq, type InferSelectModel } from 'drizzle-orm'
import type { Db } from '../db.ts'
import { brokenConstraint, conflict, invalid, notFound } from '../errors.ts'
import { organisations } from './organisations.sql.ts'
import { isSiret } from './siret.ts'

export type Organisation = InferSelectModel<typeof organisations>
export type NewOrganisation = {
  slug: string
  name: string
  siret?: string | null
  nda?: string | null
  qualiopi?: boolean
  url?: string | null
}

/** Registers an organisation. Errors: `siret_invalid`, `url_invalid`, `slug_taken`, `siret_taken`. */
export async function registerOrganisation(db: Db, given: NewOrganisation): Promise<Organisation> {
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
  try {
    const [created] = await db
      .insert(organisations)
      .values({ ...given, siret, url })
      .returning()
    return created!
  } catch (error) {
    throw namedConflict(error, given) ?? error
  }
}

function namedConflict(error: unknown, { slug, siret }: NewOrganisation) {
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

/** The wire form: facts as they are known, nothing internal. */
export function serializeOrganisation(organisation: Organisation, baseUrl: string) {
  const { slug, name, siret, nda, qualiopi, url } = organisation
  return {
    slug,
    name,
    siret,
    nda,
    qualiopi,
    url,
    did: issuerDid(baseUrl, slug),
    page: `${baseUrl}/organisations/${slug}`,
  }
}

/** did:web of an organisation: its document is `/organisations/{slug}/did.json` of this host (did:web method §3). */
export function issuerDid(baseUrl: string, slug: string): string {
  return `did:web:${encodeURIComponent(new URL(baseUrl).host)}:organisations:${slug}`
}
