import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { getFramework } from '../referential/referential.ts'
import { answerForm } from '../web/form-answer.ts'
import type { Refusal } from '../web/forms.ts'
import { sendPage } from '../web/reply.ts'
import { needsOf } from './needs.ts'
import { type PlanDeps, planPath } from './plan.ts'
import { type Asked, choicePage, startPage } from './plan-form.ts'
import { FIELDS, requestOf } from './plan-query.ts'
import { planPage } from './plan-view.ts'
import { PlanQuery } from './schema.ts'
import { listTargets } from './targets.ts'

const config = { access: 'public' } as const

/** A refusal that names the fields of the form, whatever the API calls them. */
export const inForm = ({ fields, ...refusal }: Refusal): Refusal => ({
  ...refusal,
  fields: fields.map(({ name, message }) => ({ name: FIELDS[name] ?? name, message })),
})

/** `/parcours/calculer`: a target, what one can already do, what one wishes; then the best path, and why. */
export const plansPages =
  (deps: PlanDeps): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      '/parcours/calculer',
      { config, attachValidation: true, schema: { hide: true, querystring: PlanQuery } },
      async (request, reply) => {
        const { query } = request
        const targets = await listTargets(deps.db)
        const target = targets.find((one) => one.value === query.but)
        if (!target) return sendPage(reply, startPage(targets))
        const needs = await needsOf(deps.db, target.target)
        const mayCount = needs.some((one) => /^(pix|digcomp)\//.test(one.competence))
        const asked: Asked = { target, needs, query, pix: mayCount ? await getFramework(deps.db, 'pix') : null }
        if (query.calculer === undefined) return sendPage(reply, choicePage(asked))
        const compute = async () => planPage(asked, await planPath(deps, requestOf(target.target, query)))
        return answerForm(request, reply, compute, (refusal) => choicePage({ ...asked, refusal: inForm(refusal) }))
      },
    )
  }
