import accepts from '@fastify/accepts'
import compress from '@fastify/compress'
import formbody from '@fastify/formbody'
import helmet from '@fastify/helmet'
import multipart from '@fastify/multipart'
import rateLimit from '@fastify/rate-limit'
import fastifyStatic from '@fastify/static'
import swagger from '@fastify/swagger'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify'
import { registerAccess } from './auth/access.ts'
import { clientsPages } from './auth/clients.pages.ts'
import { clientsRoutes } from './auth/clients.routes.ts'
import { oauthRoutes } from './auth/oauth.routes.ts'
import { proconnectPages } from './auth/proconnect.pages.ts'
import { signInPages } from './auth/sign-in.pages.ts'
import { staffPages } from './auth/staff.pages.ts'
import { badgesPages } from './badges/badges.pages.ts'
import { badgesRoutes } from './badges/badges.routes.ts'
import { bridgesPages } from './cartography/bridges.pages.ts'
import { bridgesRoutes } from './cartography/bridges.routes.ts'
import { createCrossings } from './cartography/crossings.ts'
import { gapsPages } from './cartography/gaps.pages.ts'
import { gapsRoutes } from './cartography/gaps.routes.ts'
import { importsRoutes } from './cartography/imports.routes.ts'
import { listsPages } from './cartography/lists.pages.ts'
import { mapPages } from './cartography/map.pages.ts'
import { releasesPages } from './cartography/releases.pages.ts'
import { releasesRoutes } from './cartography/releases.routes.ts'
import type { Config } from './config.ts'
import { conseillersRoutes } from './conseillers/conseillers.routes.ts'
import { createProofChecker } from './credentials/compiled-proof.ts'
import { campaignsPages } from './credentials/campaigns.pages.ts'
import { campaignsRoutes } from './credentials/campaigns.routes.ts'
import { createDocuments, type OwnDocuments } from './credentials/documents.ts'
import { type CredentialSection, credentialsPages } from './credentials/credentials.pages.ts'
import { credentialsRoutes } from './credentials/credentials.routes.ts'
import { deliveredPages } from './credentials/delivered.pages.ts'
import { createFollowing, followChange } from './following.ts'
import { createFileReader } from './credentials/file-reader.ts'
import { createGuardedExchange, createGuardedFetch, createGuardedPost } from './credentials/fetch.ts'
import { requestsRoutes } from './habilitation/requests.routes.ts'
import { overviewPages } from './credentials/overview.pages.ts'
import { keysPages } from './credentials/keys.pages.ts'
import { renewalsRoutes } from './credentials/renewals.routes.ts'
import { createKnownState, createOwnDocuments } from './credentials/own-documents.ts'
import { createProgress } from './credentials/progress.ts'
import { lotsPages } from './credentials/lots.pages.ts'
import { answeredOf, createVerificationCounter, UNREADABLE } from './credentials/verification-counts.ts'
import { verificationsRoutes } from './credentials/verifications.routes.ts'
import { createVerifier } from './credentials/verifier.ts'
import { verifierPages } from './credentials/verifier.pages.ts'
import { curriculaPages } from './curricula/curricula.pages.ts'
import { curriculaRoutes } from './curricula/curricula.routes.ts'
import type { Db } from './db.ts'
import { forTheLog, notFound } from './errors.ts'
import { feedRoutes } from './feed/feed.routes.ts'
import { webhooksPages } from './feed/webhooks.pages.ts'
import { webhooksRoutes } from './feed/webhooks.routes.ts'
import { habilitationsRoutes } from './habilitation/habilitations.routes.ts'
import { habilitationsSpacePages } from './habilitation/habilitations-space.pages.ts'
import { vocabularyPages } from './habilitation/vocabulary.pages.ts'
import { structuresRoutes } from './habilitation/structures.routes.ts'
import { messagesPages } from './messages/messages.pages.ts'
import { formationsRoutes } from './habilitation/formations.routes.ts'
import { healthPages } from './health.ts'
import { needsPages } from './needs/needs.pages.ts'
import { needsRoutes } from './needs/needs.routes.ts'
import { issuerDid } from './organisations/organisations.ts'
import { pixRoutes } from './habilitation/pix.routes.ts'
import { cataloguePages } from './organisations/catalogue.pages.ts'
import { networksPages } from './organisations/networks.pages.ts'
import { networksRoutes } from './organisations/networks.routes.ts'
import { organisationsPages } from './organisations/organisations.pages.ts'
import { createRegister } from './organisations/register.ts'
import { reviewPages } from './organisations/review.pages.ts'
import { metricsPages } from './metrics.pages.ts'
import { metrics } from './metrics.ts'
import { journalPages } from './journal/journal.pages.ts'
import { journalRoutes } from './journal/journal.routes.ts'
import { organisationsRoutes } from './organisations/organisations.routes.ts'
import { registerPages } from './privacy/register.pages.ts'
import { placesPages } from './places/places.pages.ts'
import { placesRoutes } from './places/places.routes.ts'
import { createPlanner } from './planning/planner.ts'
import { plansPages } from './planning/plans.pages.ts'
import { plansRoutes } from './planning/plans.routes.ts'
import { teamPages } from './planning/team.pages.ts'
import { positioningsRoutes } from './planning/positionings.routes.ts'
import { proofsPages } from './proofs/proofs.pages.ts'
import { proofsRoutes } from './proofs/proofs.routes.ts'
import { sendProblem } from './problem.ts'
import type { Queue } from './queue.ts'
import { referentialPages } from './referential/referential.pages.ts'
import { referentialRoutes } from './referential/referential.routes.ts'
import { chartsPages } from './statistics/charts.pages.ts'
import { provisionalPages } from './statistics/provisional.pages.ts'
import { provisionalRoutes } from './statistics/provisional.routes.ts'
import { openDataPages } from './statistics/open-data.pages.ts'
import { publishEditionPages } from './statistics/publish-edition.pages.ts'
import { statisticsPages } from './statistics/statistics.pages.ts'
import { statisticsRoutes } from './statistics/statistics.routes.ts'
import { providersPages } from './training/providers.pages.ts'
import { sessionsPages } from './training/sessions.pages.ts'
import { trainingRoutes } from './training/training.routes.ts'
import type { Vault } from './vault.ts'
import { createValidatorCompiler } from './web/validators.ts'
import { careerPages } from './holders/career.pages.ts'
import { archivePages } from './holders/archive.pages.ts'
import { attestationPages } from './holders/attestation.pages.ts'
import { cvPages } from './holders/cv.pages.ts'
import { holdersPages } from './holders/holders.pages.ts'
import { positioningPages } from './holders/positioning.pages.ts'
import { createSharedDocuments } from './holders/shared-documents.ts'
import { sharesPages } from './holders/shares.pages.ts'
import { homePages } from './home/home.pages.ts'
import { jwksPages } from './credentials/jwks.pages.ts'
import { vcApiRoutes } from './interop/vc-api.routes.ts'
import { createOlderDialects } from './interop/older.ts'
import { createOpenBadges2Documents } from './interop/open-badges-2-documents.ts'
import { openBadges2Pages, openBadges2Section } from './interop/open-badges-2.pages.ts'
import { walletPages } from './wallet/wallet.pages.ts'
import { walletRoutes } from './wallet/wallet.routes.ts'
import { equivalencesPages } from './wallet/equivalences.pages.ts'
import { badgeEndorsementsPages } from './endorsements/badge-endorsements.pages.ts'
import { acceptedOf, type Subject as EndorsedSubject } from './endorsements/endorsed.ts'
import { endorsedSection } from './endorsements/endorsed-view.ts'
import { endorsementsPages } from './endorsements/endorsements.pages.ts'
import { endorsementLinksPages } from './endorsements/links.pages.ts'
import { organisationEndorsementsPages } from './endorsements/organisation-endorsements.pages.ts'
import { evidencePages } from './evidence/evidence.pages.ts'
import { refreshPages } from './evidence/refresh.pages.ts'
import { createAddedSection, createRefreshed } from './evidence/refreshed.ts'
import { badgeConnectRoutes } from './interop/badge-connect.routes.ts'
import { createAuthorization } from './interop/authorization.ts'
import { authorizationPages } from './interop/authorization.pages.ts'
import { hostsPages } from './interop/hosts.pages.ts'
import { preAuthorizedGrant, WALLET_SCOPES } from './interop/oid4vci-grant.ts'
import { oid4vciRoutes } from './interop/oid4vci.routes.ts'
import { offersPages } from './interop/offers.pages.ts'
import type { Lang } from './web/html.ts'
import { OPEN_TO_SCRIPTS, registerCors } from './web/cors.ts'
import { registerIdempotency } from './web/idempotency.ts'
import { problemPage } from './web/problem.pages.ts'

export type AppDeps = {
  config: Config
  db: Db
  vault: Vault
  queue: Queue
  logger?: FastifyBaseLogger
}

const PUBLIC = { config: { access: 'public' as const }, schema: { hide: true } }

/** The whole service, listening to nobody yet: the explicit list of what it is made of. */
export async function buildApp({ config, db, vault, queue, logger }: AppDeps): Promise<FastifyInstance> {
  const app = Fastify({
    ...(logger ? { loggerInstance: logger } : { logger: false }),
    bodyLimit: 1024 * 1024,
    trustProxy: config.trustProxy.length > 0 && config.trustProxy,
    requestTimeout: 60_000,
    logController: new LogController({ disableRequestLogging: true }),
    routerOptions: { maxParamLength: 200 },
    frameworkErrors(error, request, reply) {
      const problem = JSON.stringify(sendProblem(error, request, reply))
      void reply
        .type('application/problem+json')
        .serializer(String)
        .send(problem as never)
    },
  }).withTypeProvider<TypeBoxTypeProvider>()
  app.setValidatorCompiler(createValidatorCompiler())
  const { baseUrl } = config
  const publisher = config.operator.name ?? 'Insigne'
  const authority = { issuer: config.habilitationIssuer, baseUrl }
  const fetch = createGuardedFetch(config)
  const sending = { db, vault, baseUrl, post: createGuardedPost(config) }
  const exchange = createGuardedExchange(config)
  const refreshed = createRefreshed({ db, vault, baseUrl })
  const contact = /^[^@\s]+@[^@\s]+$/.exec(config.operator.contact ?? '')?.[0] ?? null
  const publishing = { db, vault, baseUrl, contact }
  const ownBadges = createOwnDocuments({ db, vault, baseUrl, refreshed: async (id) => (await refreshed(id)).document })
  const ownOpenBadges2 = createOpenBadges2Documents(publishing)
  const own: OwnDocuments = async (url) => (await ownBadges(url)) ?? ownOpenBadges2(url)
  const documents = createDocuments(fetch, own)
  const knownState = createKnownState({ db, vault, baseUrl })
  const checkProof = createProofChecker(issuerDid(baseUrl, ''), () =>
    metrics.libraryFallback.inc({ operation: 'verify' }),
  )
  const shared = createSharedDocuments(db, baseUrl)
  const verifying = {
    fetch,
    documents,
    own,
    shared,
    knownState,
    checkProof,
    files: createFileReader(),
    older: createOlderDialects(),
  }
  const verifier = createVerifier(verifying)
  const counter = createVerificationCounter(db, (error) =>
    app.log.error({ err: forTheLog(error) }, 'verification.not_counted'),
  )
  app.addHook('onClose', () => counter.close())
  // What strangers ask is counted; what the service verifies for its own rules is not.
  const counting = createVerifier({
    ...verifying,
    answered: (verification, given) =>
      counter.count([verification ? answeredOf(given, verification, baseUrl) : UNREADABLE]),
  })
  const changed = async (credentialId: string): Promise<void> => {
    await followChange(db, credentialId)
    await queue.enqueue('awards.issue', {})
  }

  const authorization = createAuthorization({
    db,
    vault,
    baseUrl,
    grants: [preAuthorizedGrant(db, vault)],
    scopes: WALLET_SCOPES,
    extraParams: ['issuer_state'],
    report: (error) => app.log.error({ err: forTheLog(error) }, 'authorization.failed'),
  })
  const planner = createPlanner({ threads: 1 })
  app.addHook('onClose', () => planner.close())
  const crossings = createCrossings(planner)
  const progress = createProgress(db)
  app.addHook('preClose', async () => progress.close())
  app.setErrorHandler((error, request, reply) => {
    const problem = sendProblem(error, request, reply)
    // A script that names no type accepts any: what is open to scripts is refused to them in JSON, which they may read.
    const isOpen = (request.routeOptions.url ?? '') in OPEN_TO_SCRIPTS
    const type = request.accepts().type(isOpen ? ['json', 'html'] : ['html', 'json'])
    const isPage = !CALLED_BY_TOOLS.test(request.url) && type === 'html'
    return isPage ? problemPage(reply, problem) : reply.type('application/problem+json').send(JSON.stringify(problem))
  })
  app.addHook('onResponse', async (request, reply) => {
    const { method, routeOptions, id } = request
    request.log.info(
      {
        'request.id': id,
        method,
        route: routeOptions.url ?? null,
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime),
      },
      'request.done',
    )
  })

  await app.register(helmet, {
    contentSecurityPolicy: { useDefaults: false, directives: CONTENT_SECURITY },
    strictTransportSecurity: baseUrl.startsWith('https:'),
    // Without a referrer at all, browsers would not say either that a form comes from this site.
    referrerPolicy: { policy: 'same-origin' },
  })
  registerCors(app)
  await app.register(rateLimit, { max: config.rateLimit, timeWindow: 60_000 })
  await app.register(accepts)
  await app.register(formbody, { bodyLimit: 64 * 1024 })
  await app.register(multipart, { limits: { files: 1, fileSize: 8 * 1024 * 1024, fields: 10, fieldSize: 10_000 } })
  // Only what is the same for everyone: compressed beside what a reader types, a secret of the page could be guessed.
  app.addHook('onRoute', (route) => {
    if (route.config?.access !== undefined && route.config.access !== 'public') route.compress = false
  })
  await app.register(compress, { encodings: ['gzip'], customTypes: COMPRESSED })
  const cached = { immutable: true, maxAge: '7d' } as const
  await app.register(fastifyStatic, { root: new URL('web/static/', import.meta.url), prefix: '/static/', ...cached })
  await app.register(fastifyStatic, {
    root: new URL('../node_modules/@fontsource/atkinson-hyperlegible/files/', import.meta.url),
    prefix: '/static/fonts/',
    allowedPath: (path) => /^\/atkinson-hyperlegible-latin-[47]00-normal\.woff2$/.test(path),
    decorateReply: false,
    ...cached,
  })
  await app.register(fastifyStatic, {
    root: new URL('../node_modules/@picocss/pico/css/', import.meta.url),
    prefix: '/static/pico/',
    allowedPath: (path) => path === '/pico.min.css',
    decorateReply: false,
    ...cached,
  })
  await app.register(swagger, {
    transform: ({ schema, url, route }) => ({
      schema: { ...schema, 'x-access': route.config?.access, 'x-scope': route.config?.scope },
      url,
    }),
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Insigne', version: '1', description: 'Badges de compétences de la médiation numérique.' },
      servers: [{ url: baseUrl }],
      components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } } },
    },
  })
  await registerAccess(app, { db, vault, baseUrl })
  registerIdempotency(app, db, vault)
  app.setNotFoundHandler({ preHandler: app.rateLimit({ max: 100 }) }, (request) => {
    throw notFound('La page', request.url.split('?')[0]!)
  })

  await app.register(
    async (api) => {
      api.removeContentTypeParser('application/x-www-form-urlencoded')
      await api.register(referentialRoutes({ db }))
      await api.register(curriculaRoutes({ db }))
      await api.register(releasesRoutes({ db, baseUrl, publisher, crossings }))
      await api.register(statisticsRoutes({ db, vault, queue, baseUrl }))
      await api.register(placesRoutes({ db, baseUrl, source: publisher }))
      await api.register(provisionalRoutes({ db }))
      await api.register(plansRoutes({ db, planner, verifier, baseUrl }))
      await api.register(bridgesRoutes({ db, crossings }))
      await api.register(positioningsRoutes({ db, vault, planner, verifier, baseUrl }))
      await api.register(gapsRoutes({ db }))
      await api.register(importsRoutes({ db }))
      await api.register(badgesRoutes({ db, baseUrl }))
      await api.register(organisationsRoutes({ db, baseUrl, register: createRegister(config.registerUrl, fetch) }))
      await api.register(clientsRoutes({ db }))
      await api.register(networksRoutes({ db }))
      await api.register(trainingRoutes({ db, vault }))
      await api.register(campaignsRoutes({ db, vault, queue, baseUrl, progress }))
      await api.register(credentialsRoutes({ db, vault, baseUrl, changed }))
      await api.register(renewalsRoutes({ db, baseUrl }))
      await api.register(pixRoutes({ db, vault, queue, authority }))
      await api.register(conseillersRoutes({ db, vault, queue, follow: createFollowing(authority) }))
      await api.register(verificationsRoutes({ verifier: counting }))
      await api.register(needsRoutes({ db }))
      await api.register(walletRoutes({ db, vault, verifier, baseUrl }))
      await api.register(proofsRoutes({ db, vault, verifier, queue, baseUrl }))
      await api.register(habilitationsRoutes({ db, vault, authority }))
      await api.register(structuresRoutes({ db, vault, queue, authority }))
      await api.register(requestsRoutes({ db, vault, queue, authority }))
      await api.register(journalRoutes({ db }))
      await api.register(feedRoutes({ db, baseUrl }))
      await api.register(webhooksRoutes({ ...sending, allowLoopback: config.allowLoopback }))
      await api.register(formationsRoutes({ db, vault, queue, authority }), { prefix: '/habilitations' })
      api.get('/openapi.json', PUBLIC, async () => app.swagger())
    },
    { prefix: '/api/v1' },
  )
  await app.register(oauthRoutes({ db, config }))
  await app.register(proconnectPages({ db, vault, config }))
  await app.register(homePages({ db, config }))
  await app.register(referentialPages({ db, baseUrl }))
  await app.register(curriculaPages({ db, baseUrl }))
  await app.register(releasesPages({ db, vault, baseUrl, publisher, crossings }))
  await app.register(statisticsPages({ db, baseUrl }))
  await app.register(chartsPages({ db, baseUrl }))
  await app.register(publishEditionPages({ db, vault, queue }))
  await app.register(openDataPages({ db, baseUrl, publisher, contact: config.operator.contact }))
  await app.register(provisionalPages({ db }))
  await app.register(plansPages({ db, planner, verifier, baseUrl }))
  await app.register(teamPages({ db, planner, verifier, baseUrl }))
  await app.register(listsPages({ db, vault, baseUrl }))
  await app.register(mapPages({ db, baseUrl }))
  await app.register(bridgesPages({ db, crossings, baseUrl }))
  await app.register(gapsPages({ db, baseUrl }))
  const endorsed = async (subject: EndorsedSubject, lang: Lang = 'fr') =>
    endorsedSection(await acceptedOf(db, vault, subject), lang)
  await app.register(badgesPages({ db, baseUrl, endorsed }))
  await app.register(organisationsPages({ db, baseUrl, endorsed }))
  await app.register(providersPages({ db, baseUrl }))
  await app.register(networksPages({ db }))
  await app.register(cataloguePages({ db, vault }))
  await app.register(deliveredPages({ db, vault, changed }))
  await app.register(overviewPages({ db, vault }))
  await app.register(clientsPages({ db, vault, baseUrl }))
  await app.register(webhooksPages({ ...sending, allowLoopback: config.allowLoopback }))
  await app.register(reviewPages({ db, vault }))
  await app.register(staffPages({ db, vault, queue, config }))
  await app.register(campaignsPages({ db, progress }))
  await app.register(sessionsPages({ db, vault, baseUrl }))
  await app.register(lotsPages({ db, vault, queue }))
  await app.register(keysPages({ db, vault }))
  const sections: CredentialSection[] = [
    (credentialId, lang) => endorsed({ credentialId }, lang),
    createAddedSection({ db, vault, refreshed }),
    openBadges2Section(baseUrl),
  ]
  await app.register(credentialsPages({ db, vault, baseUrl, verifier: counting, sections }))
  await app.register(jwksPages({ db }))
  await app.register(openBadges2Pages(publishing))
  await app.register(walletPages({ db, vault, verifier, baseUrl }))
  await app.register(equivalencesPages({ db, vault }))
  await app.register(endorsementsPages({ db, vault, baseUrl }))
  await app.register(endorsementLinksPages({ db, vault, baseUrl, checking: { documents, checkProof, knownState } }))
  await app.register(badgeEndorsementsPages({ db, vault, baseUrl }))
  await app.register(organisationEndorsementsPages({ db, vault, baseUrl }))
  await app.register(evidencePages({ db, vault, baseUrl }))
  await app.register(refreshPages({ refreshed }))
  await app.register(vcApiRoutes({ db, vault, config, documents, checkProof }))
  await app.register(badgeConnectRoutes({ db, vault, verifier, baseUrl, authorization, title: publisher }))
  await app.register(authorizationPages({ db, vault, authorization }))
  await app.register(hostsPages({ db, vault, baseUrl, authorization, exchange, allowLoopback: config.allowLoopback }))
  await app.register(oid4vciRoutes({ db, vault, baseUrl, authorization }))
  await app.register(offersPages({ db, vault, baseUrl }))
  await app.register(holdersPages({ db, vault, baseUrl, follow: createFollowing(authority) }))
  await app.register(cvPages({ db, vault, baseUrl }))
  await app.register(attestationPages({ db, vault, baseUrl }))
  await app.register(archivePages({ db, vault, baseUrl }))
  await app.register(careerPages({ db, vault }))
  await app.register(positioningPages({ db, vault, planner, verifier, baseUrl }))
  await app.register(sharesPages({ db, vault, baseUrl, verifier }))
  await app.register(needsPages({ db, vault }))
  await app.register(placesPages({ db, vault, baseUrl }))
  await app.register(proofsPages({ db, vault, verifier, baseUrl }))
  await app.register(verifierPages({ db, verifier: counting, counter, baseUrl }))
  await app.register(signInPages({ db, vault, queue, config }))
  await app.register(messagesPages({ db, vault, config }))
  await app.register(vocabularyPages())
  await app.register(habilitationsSpacePages({ db, vault, queue, authority }))
  await app.register(registerPages({ config }))
  await app.register(journalPages({ db }))
  await app.register(metricsPages({ queue }))
  await app.register(healthPages({ db, config }))
  return app
}

// What they accept says nothing: a script that names no type accepts any, pages too.
const CALLED_BY_TOOLS = /^\/(api\/v1|vc-api|\.well-known|oauth2\/(reg|token|revoke))\b/

// Not the event stream: it would wait for its block to fill.
const COMPRESSED =
  /^(text\/(html|css|javascript|csv)|application\/(json|javascript|ld\+json|vc\+ld\+json)|image\/svg\+xml)/

const CONTENT_SECURITY = {
  'default-src': ["'none'"],
  'script-src': ["'self'"],
  'style-src': ["'self'"],
  'font-src': ["'self'"],
  'img-src': ["'self'", 'data:'],
  'connect-src': ["'self'"],
  'form-action': ["'self'"],
  'base-uri': ["'none'"],
  'frame-ancestors': ["'none'"],
}
