import type { LightMyRequestResponse as Response, InjectOptions } from 'fastify'
import { signToken } from '../../src/auth/access.ts'
import type { Role } from '../../src/auth/tokens.ts'
import type { TestService } from './app.ts'

export type Json = Record<string, any>
type Sent = { status: number; body: Json; response: Response }

export type Actor = {
  get(path: string, headers?: Record<string, string>): Promise<Sent>
  post(path: string, payload?: unknown, headers?: Record<string, string>): Promise<Sent>
}

/** Someone with a token (or nobody, without a role), who calls the service by its front door. */
export function actor({ app }: TestService, role?: Role, organisation?: string): Actor {
  const token = role && signToken(app, { sub: `test-${role}`, role, ...(organisation && { organisation }) }, 1)
  const authorization: Record<string, string> = token ? { authorization: `Bearer ${token}` } : {}
  const send = async (options: InjectOptions): Promise<Sent> => {
    const response = await app.inject(options)
    const isJson = String(response.headers['content-type']).includes('json')
    return { status: response.statusCode, body: isJson ? (JSON.parse(response.body) as Json) : {}, response }
  }
  return {
    get: (url, headers = {}) => send({ method: 'GET', url, headers: { ...authorization, ...headers } }),
    post: (url, payload, headers = {}) =>
      send({
        method: 'POST',
        url,
        headers: { ...authorization, ...headers },
        ...(payload !== undefined && { payload: payload as NonNullable<InjectOptions['payload']> }),
      }),
  }
}
