import type { FastifyInstance } from 'fastify'

/**
 * What scripts of any site may call, and by which methods: what wallets that live in a browser need, and the documents by which a
 * badge is verified. Each of these routes answers anyone, or who holds a bearer token: none knows anybody by a cookie.
 * The rest is closed to the scripts of other sites: pages, spaces, consent (`/oauth2/auth`, `/autorisation`), `/oauth`, `/api/v1`, `/vc-api`,
 * but for the open documents that `sendDocument` sends.
 */
export const OPEN_TO_SCRIPTS: Record<string, string> = {
  // What the service is, to a wallet and to an application.
  '/.well-known/openid-credential-issuer': 'GET',
  '/.well-known/oauth-authorization-server': 'GET',
  '/.well-known/openid-configuration': 'GET',
  '/ims/ob/v3p0/discovery': 'GET',
  // The authorization server.
  '/oauth2/reg': 'POST',
  '/oauth2/token': 'POST',
  '/oauth2/revoke': 'POST',
  // OpenID4VCI.
  '/oid4vci/offers/:secret': 'GET',
  '/oid4vci/nonce': 'POST',
  '/oid4vci/credential': 'POST',
  '/oid4vci/notification': 'POST',
  // The Open Badges 3.0 API.
  '/ims/ob/v3p0/credentials': 'GET, POST',
  '/ims/ob/v3p0/profile': 'GET, PUT',
  // What a verifier reads.
  '/credentials/:file': 'GET',
  '/credentials/:id/refresh': 'GET',
  '/credentials/:id/identites': 'GET',
  '/endorsements/:file': 'GET',
  '/status-lists/:list': 'GET',
  '/organisations/:slug/did.json': 'GET',
  '/organisations/:slug/jwks.json': 'GET',
  '/organisations/:slug/jwks/:kid': 'GET',
  '/achievements/:slug': 'GET',
  '/achievements/:slug/:version': 'GET',
  '/ob2/assertions/:file': 'GET',
  '/ob2/badges/:slug/:name/:version': 'GET',
  '/ob2/issuers/:slug': 'GET',
  '/ob2/keys/:slug/:kid': 'GET',
  '/ob2/revocations/:slug': 'GET',
}

const ANY_SITE = 'access-control-allow-origin'
const ALLOWED_HEADERS = 'Authorization, Content-Type'
const EXPOSED_HEADERS = 'Link, X-Total-Count, Retry-After, WWW-Authenticate'
const HOUR = '3600'

const PATHS = Object.entries(OPEN_TO_SCRIPTS).map(([url, methods]): [path: RegExp, methods: string] => [
  new RegExp(`^${url.replaceAll('.', '\\.').replaceAll(/:\w+/g, '[^/]+')}$`),
  methods,
])

/**
 * Says to browsers which answers the scripts of other sites may read (CORS, Fetch Standard §3.3): those of `OPEN_TO_SCRIPTS`, for any
 * site, errors too, and never with credentials. A page is never among them, even at the address of a document.
 */
export function registerCors(app: FastifyInstance): void {
  app.addHook('onRequest', async (request, reply) => {
    const isPreflight = request.method === 'OPTIONS' && 'access-control-request-method' in request.headers
    const methods = isPreflight ? methodsAt(request.url) : OPEN_TO_SCRIPTS[request.routeOptions.url ?? '']
    if (methods === undefined) return
    void reply.headers({ [ANY_SITE]: '*', 'access-control-expose-headers': EXPOSED_HEADERS })
    if (!isPreflight) return
    return reply
      .code(204)
      .headers({
        'access-control-allow-methods': methods,
        'access-control-allow-headers': ALLOWED_HEADERS,
        'access-control-max-age': HOUR,
      })
      .send()
  })
  app.addHook('onSend', async (_request, reply) => {
    if (String(reply.getHeader('content-type')).startsWith('text/html')) void reply.removeHeader(ANY_SITE)
  })
}

/** What a preflight asks about: no route answers `OPTIONS`, so its address is matched here. */
const methodsAt = (url: string): string | undefined => {
  const path = url.split('?')[0]!
  return PATHS.find(([one]) => one.test(path))?.[1]
}
