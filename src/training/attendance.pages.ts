import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { TRAINERS } from '../auth/access.ts'
import { lastDayAnywhere } from '../days.ts'
import type { Db } from '../db.ts'
import { invalid } from '../errors.ts'
import { Slug } from '../organisations/schema.ts'
import type { Vault } from '../vault.ts'
import { answerForm } from '../web/form-answer.ts'
import type { Refusal } from '../web/forms.ts'
import type { Page } from '../web/html.ts'
import { sendPrivate } from '../web/reply.ts'
import { noteAttendance } from './attendance.ts'
import { attendancePage } from './attendance-view.ts'
import { identitiesOf, readLearners } from './learners.ts'
import { type SessionPlace, sessionPlace, sessionsFrame } from './session-place.pages.ts'
import { ATTENDANCES, type Attendance } from './transitions.ts'

const Uuid = Type.String({ format: 'uuid', maxLength: 36 })
const OneOf = Type.Object({ slug: Slug, id: Uuid })
const Cursor = Type.Optional(Uuid)
const Seen = Type.Object({ _jeton: Type.Optional(Type.String()) }, { additionalProperties: Type.Enum(ATTENDANCES) })

const LEARNERS_A_PAGE = 100
const config = { access: TRAINERS }

/** `/organisme/{slug}/sessions/{id}/presences`: who attended, as one form. */
export const attendancePages =
  ({ db, vault }: { db: Db; vault: Vault }): FastifyPluginAsyncTypebox =>
  async (app) => {
    const seen = async (
      request: FastifyRequest,
      { slug, session, organisation, badge, author, jeton }: SessionPlace,
      more: { after?: string | undefined; given?: Map<string, Attendance>; refusal?: Refusal } = {},
    ): Promise<Page> => {
      const { after, ...rest } = more
      const { learners, next } = await readLearners(db, vault, session, { author, limit: LEARNERS_A_PAGE, after })
      const hasBegun = session.startsOn <= lastDayAnywhere()
      const about = { slug, session, name: badge, jeton, learners, next, hasBegun, ...rest }
      return sessionsFrame(request, organisation, attendancePage(about))
    }
    app.get(
      '/organisme/:slug/sessions/:id/presences',
      { config, schema: { hide: true, params: OneOf, querystring: Type.Object({ after: Cursor }) } },
      async (request, reply) =>
        sendPrivate(reply, await seen(request, await sessionPlace(db, vault, request), { after: request.query.after })),
    )
    app.post(
      '/organisme/:slug/sessions/:id/presences',
      { config, attachValidation: true, schema: { hide: true, params: OneOf, body: Seen } },
      async (request, reply) => {
        const place = await sessionPlace(db, vault, request)
        const given = new Map(
          Object.entries(request.body as Record<string, Attendance>)
            .filter(([name]) => name.startsWith('p.'))
            .map(([name, attendance]) => [name.slice(2), attendance]),
        )
        const wrong: Refusal['fields'] = []
        const note = async (): Promise<string> => {
          wrong.push(...(await noteSeen(db, vault, place, given)))
          if (wrong.length > 0) throw invalid('attendance_refused', 'Certaines présences', 'Corrigez')
          return `${place.path}?fait=presences`
        }
        return answerForm(request, reply, note, (refusal) => {
          const mend = 'Les autres présences sont notées. Corrigez celles-ci, puis enregistrez à nouveau.'
          const said = { message: 'Certaines présences n’ont pas pu être notées.', mend, fields: wrong }
          return seen(request, place, { given, refusal: wrong.length > 0 ? said : refusal })
        })
      },
    )
  }

/** Notes what was ticked; answers the fields that are refused, with why. */
async function noteSeen(
  db: Db,
  vault: Vault,
  { session, author }: { session: { id: string }; author: string },
  given: Map<string, Attendance>,
): Promise<Refusal['fields']> {
  const uuids = [...given.keys()].filter((id) => /^[0-9a-f-]{36}$/.test(id))
  const identities = [...(await identitiesOf(db, vault, session.id, uuids))]
  if (identities.length === 0) throw NOBODY()
  const lines = identities.map(([id, { email }]) => ({ email, attendance: given.get(id)! }))
  const receipts = await noteAttendance(db, vault, session.id, lines, { author })
  return receipts.flatMap(({ line, problem }) => {
    const [id, { givenName, familyName }] = identities[line - 1]!
    return problem ? [{ name: `p.${id}`, message: `${givenName} ${familyName} : ${problem.message}` }] : []
  })
}

const NOBODY = () =>
  invalid('nobody_chosen', 'Personne n’est coché.', 'Cochez au moins une personne, puis recommencez.')
