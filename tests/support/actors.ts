import { randomUUID } from 'node:crypto'
import type { LightMyRequestResponse as Response, InjectOptions } from 'fastify'
import { signToken } from '../../src/auth/access.ts'
import { giveGrant, type GivenRole } from '../../src/auth/grants.ts'
import type { Role } from '../../src/auth/tokens.ts'
import { formToken, openWebSession } from '../../src/auth/web-sessions.ts'
import { getOrganisation } from '../../src/organisations/organisations.ts'
import { rememberPeople, sealPerson } from '../../src/people/people.ts'
import type { TestService } from './app.ts'

export type Json = Record<string, any>
type Sent = { status: number; body: Json; response: Response }
type Headers = Record<string, string>

export type Actor = {
  get(path: string, headers?: Headers): Promise<Sent>
  post(path: string, payload?: unknown, headers?: Headers): Promise<Sent>
  put(path: string, payload?: unknown, headers?: Headers): Promise<Sent>
  patch(path: string, payload?: unknown, headers?: Headers): Promise<Sent>
  delete(path: string, headers?: Headers): Promise<Sent>
}

function caller({ app }: TestService, own: Headers): Actor {
  const send = async (options: InjectOptions): Promise<Sent> => {
    const response = await app.inject(options)
    const isJson = /json\b/.test(String(response.headers['content-type']))
    return { status: response.statusCode, body: isJson ? (JSON.parse(response.body) as Json) : {}, response }
  }
  const write = (method: 'POST' | 'PUT' | 'PATCH', url: string, payload: unknown, headers: Headers = {}) =>
    send({
      method,
      url,
      headers: { ...own, ...headers },
      ...(payload !== undefined && { payload: payload as NonNullable<InjectOptions['payload']> }),
    })
  return {
    get: (url, headers = {}) => send({ method: 'GET', url, headers: { ...own, ...headers } }),
    delete: (url, headers = {}) => send({ method: 'DELETE', url, headers: { ...own, ...headers } }),
    post: (url, payload, headers) => write('POST', url, payload, headers),
    put: (url, payload, headers) => write('PUT', url, payload, headers),
    patch: (url, payload, headers) => write('PATCH', url, payload, headers),
  }
}

/** Someone with a token (or nobody, without a role), who calls the service by its front door. */
export function actor(service: TestService, role?: Role, organisation?: string): Actor {
  const token = role && signToken(service.app, { sub: `test-${role}`, role, ...(organisation && { organisation }) }, 1)
  return caller(service, token ? { authorization: `Bearer ${token}` } : {})
}

export type SignedIn = Actor & {
  personId: string
  email: string
  /** The secret of the session, its cookie, and what its forms carry. */
  secret: string
  cookie: string
  jeton: string
  /** Sends the form of a page, with its `_jeton`. */
  form(path: string, fields?: Record<string, string>, headers?: Headers): Promise<Sent>
}

type Given = { grants?: { role: GivenRole; organisation?: string }[]; email?: string; personId?: string }

/** A person in a browser, who signed in and holds these roles. What is not a form carries its `x-jeton`. */
export async function signedIn(service: TestService, given: Given = {}): Promise<SignedIn> {
  const { db, vault } = service
  const { grants = [], email = `personne-${randomUUID()}@exemple.invalid` } = given
  const identity = sealPerson(vault, { email, givenName: 'Zoé', familyName: 'Exemple' })
  const personId = given.personId ?? [...(await rememberPeople(db, [identity])).values()][0]!
  for (const { role, organisation } of grants) {
    const organisationId = organisation === undefined ? null : (await getOrganisation(db, organisation)).id
    await giveGrant(db, { personId, role, organisationId, grantedBy: 'service' })
  }
  const secret = await openWebSession(db, personId, 'lien')
  const cookie = `__Host-insigne=${secret}`
  const jeton = formToken(vault, secret)
  const { get, post, put, patch, delete: remove } = caller(service, { cookie })
  const form = (path: string, fields: Record<string, string> = {}, headers: Headers = {}) =>
    post(path, new URLSearchParams({ ...fields, _jeton: jeton }).toString(), {
      'content-type': 'application/x-www-form-urlencoded',
      ...headers,
    })
  return {
    personId,
    email,
    secret,
    cookie,
    jeton,
    get,
    post: (path, payload, headers) => post(path, payload, { 'x-jeton': jeton, ...headers }),
    put: (path, payload, headers) => put(path, payload, { 'x-jeton': jeton, ...headers }),
    patch: (path, payload, headers) => patch(path, payload, { 'x-jeton': jeton, ...headers }),
    delete: (path, headers) => remove(path, { 'x-jeton': jeton, ...headers }),
    form,
  }
}
