import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import { invalid } from '../errors.ts'
import { answerForm } from '../web/form-answer.ts'
import { formBody } from '../web/form-schema.ts'
import { sendPage } from '../web/reply.ts'
import { needsOf } from './needs.ts'
import { type PlanDeps, planPath } from './plan.ts'
import { declaredBy } from './plan-query.ts'
import { inForm } from './plans.pages.ts'
import type { PlanRequest } from './schema.ts'
import { listTargets } from './targets.ts'
import { MOST_PEOPLE, TEAM_PATH, type TeamAsked, teamChoicePage, teamPlanPage, teamStartPage } from './team-view.ts'

const config = { access: 'public' } as const

const Query = Type.Object(
  {
    but: Type.Optional(Type.String({ maxLength: 120 })),
    personnes: Type.Optional(Type.String({ pattern: `^[1-${MOST_PEOPLE}]$` })),
  },
  { additionalProperties: false },
)
const Boxes = Type.Optional(Type.Array(Type.String({ maxLength: 120 }), { maxItems: 80 }))
const NUMBERS = Array.from({ length: MOST_PEOPLE }, (_, index) => index + 1)
type Acquis = `acquis${number}`
const acquis = Object.fromEntries(NUMBERS.map((one) => [`acquis${one}`, Boxes])) as Record<Acquis, typeof Boxes>
const Team = formBody({
  but: Type.String({ maxLength: 120 }),
  nom: Type.Array(Type.String({ minLength: 1, maxLength: 60, pattern: '\\S' }), { minItems: 1, maxItems: MOST_PEOPLE }),
  tenue: Type.Integer({ minimum: 1, maximum: MOST_PEOPLE }),
  sessions: Type.Optional(Type.String({ maxLength: 1 })),
  departement: Type.Optional(Type.String({ pattern: '^(\\d[\\dAB]\\d?)?$' })),
  ...acquis,
})

/** `/parcours/equipe`: a target and how many one is, who can do what, then who follows what. Nothing is kept. */
export const teamPages =
  (deps: PlanDeps): FastifyPluginAsyncTypebox =>
  async (app) => {
    const { db } = deps
    const start = async () => teamStartPage(await listTargets(db))
    const targetOf = async (value: unknown) => (await listTargets(db)).find((one) => one.value === value)

    app.get(TEAM_PATH, { config, schema: { hide: true, querystring: Query } }, async (request, reply) => {
      const target = await targetOf(request.query.but)
      if (!target) return sendPage(reply, await start())
      const needs = await needsOf(db, target.target)
      const people = Number(request.query.personnes ?? 3)
      const members = Array.from({ length: people }, () => ({ name: '', boxes: [] }))
      return sendPage(reply, teamChoicePage({ target, needs, members, coverage: '1', dated: false, departement: '' }))
    })

    app.post(TEAM_PATH, { config, attachValidation: true, schema: { hide: true, body: Team } }, (request, reply) => {
      const asked = () => askedBy(deps, request.body)
      const compute = async () => {
        const team = await asked()
        if (team === null) throw noTarget()
        return teamPlanPage(team, await planPath(deps, requestOf(team)))
      }
      return answerForm(request, reply, compute, async (refusal) => {
        const team = await asked()
        return team === null ? start() : teamChoicePage({ ...team, refusal: inForm(refusal) })
      })
    })

    /** What a form says of a team, even refused; null without a known target. */
    async function askedBy(
      { db }: PlanDeps,
      body: Partial<Record<string, unknown>> | undefined,
    ): Promise<TeamAsked | null> {
      const target = await targetOf(body?.['but'])
      if (!target) return null
      const listed = (value: unknown): string[] => [value ?? []].flat().map(String)
      const text = (value: unknown): string =>
        typeof value === 'string' || typeof value === 'number' ? String(value) : ''
      const members = listed(body?.['nom'])
        .slice(0, MOST_PEOPLE)
        .map((name, index) => ({ name: name.trim(), boxes: listed(body?.[`acquis${index + 1}`]) }))
      return {
        target,
        needs: await needsOf(db, target.target),
        members: members.length > 0 ? members : [{ name: '', boxes: [] }],
        coverage: text(body?.['tenue']),
        dated: text(body?.['sessions']) !== '',
        departement: text(body?.['departement']),
      }
    }
  }

const requestOf = ({ target, members, coverage, dated, departement }: TeamAsked): PlanRequest => ({
  target: target.target,
  team: members.map(({ name, boxes }) => ({ name, evidence: declaredBy(boxes) })),
  coverage: Number(coverage),
  dated,
  ...(departement !== '' && { wishes: { departements: [departement] } }),
})

const noTarget = () => invalid('plan_target', 'Ce but n’existe pas.', 'Choisissez-le dans la liste.', { field: 'but' })
