import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { sendPage } from '../web/reply.ts'
import { needsOf } from './needs.ts'
import { type PlanDeps, planPath } from './plan.ts'
import { choicePage, planPage, startPage } from './plan-view.ts'
import { PlanQuery, type PlanRequest } from './schema.ts'
import { listTargets } from './targets.ts'

const config = { access: 'public' } as const
/** `/parcours/calculer`: a target, what one can already do, what one wishes; then the shortest path, and why. */
export const plansPages =
  (deps: PlanDeps): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      '/parcours/calculer',
      { config, schema: { hide: true, querystring: PlanQuery } },
      async (request, reply) => {
        const { query } = request
        const targets = await listTargets(deps.db)
        const chosen = targets.find((one) => one.value === query.but)
        if (!chosen) return sendPage(reply, startPage(targets))
        const needs = await needsOf(deps.db, chosen.target)
        if (query.calculer === undefined) return sendPage(reply, choicePage(chosen, needs, query))
        const plan = await planPath(deps, requestOf(chosen.target, query))
        return sendPage(reply, planPage(chosen, needs, query, plan))
      },
    )
  }

/** What the form asks for, in the words of the API. */
function requestOf(target: PlanRequest['target'], query: PlanQuery): PlanRequest {
  const { acquis = [], modalite = [], departement, cpf, certifiant, sessions, jours } = query
  const competences = acquis.flatMap((key) => {
    const [framework, version, ...code] = key.split('/')
    if (!framework || !version || framework === 'bloc') return []
    const [name, level] = code.join('/').split('@')
    return [{ framework, version, code: name!, level: level ? Number(level) : null, basis: 'declaration' as const }]
  })
  const blocks = acquis.filter((key) => key.startsWith('bloc/')).map((key) => key.slice('bloc/'.length))
  const ways = (['presentiel', 'distance', 'alternance'] as const).filter((one) => modalite.includes(one))
  return {
    target,
    evidence: { competences, blocks },
    dated: sessions !== undefined,
    wishes: {
      ...(ways.length > 0 && { modality: ways }),
      ...(departement && { departements: [departement] }),
      ...(cpf && { cpf: true }),
      ...(certifiant && { certifying: true }),
      ...(jours && Number(jours) > 0 && { daysInARow: Number(jours) }),
    },
  }
}
