import type { FastifyRequest } from 'fastify'
import { jetonOf, requireOrganisation, rolesIn } from '../auth/access.ts'
import { getAchievement } from '../badges/achievements.ts'
import type { Db } from '../db.ts'
import { notFound } from '../errors.ts'
import type { Organisation } from '../organisations/organisations.ts'
import type { Vault } from '../vault.ts'
import type { Page } from '../web/html.ts'
import { organismePage } from '../web/organisme.ts'
import { getSession } from './sessions.ts'

export type SessionPlace = Awaited<ReturnType<typeof sessionPlace>>

/**
 * The session that an address under `/organisme/{slug}/sessions/{id}` names, for who may work for that organisation.
 * Errors: `forbidden`, and `not_found` for a session of another organisation.
 */
export async function sessionPlace(db: Db, vault: Vault, request: FastifyRequest) {
  const { slug, id } = request.params as { slug: string; id: string }
  const author = requireOrganisation(request, slug).sub
  // A form shown again lets the errors of its fields through; a wrong address is no field.
  if (request.validationError?.validationContext === 'params') throw request.validationError
  const { session, organisation } = await getSession(db, id)
  if (organisation.slug !== slug) throw notFound('La session', id)
  const { name: badge } = await getAchievement(db, session.achievementSlug, session.achievementVersion)
  const path = `/organisme/${slug}/sessions/${id}`
  return { slug, session, organisation, badge, author, path, jeton: jetonOf(request, vault) }
}

/** A page of the sessions of an organisation. */
export const sessionsFrame = (
  request: FastifyRequest,
  { slug, name }: Pick<Organisation, 'slug' | 'name'>,
  page: Page,
): Page => organismePage({ slug, name, section: '/sessions', roles: rolesIn(request, slug) }, page)
