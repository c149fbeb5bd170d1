import { createHmac, randomUUID } from 'node:crypto'
import { sql } from 'drizzle-orm'
import type { InjectOptions } from 'light-my-request'
import { expect } from 'vitest'
import { buildApp } from '../src/app.ts'
import { signToken } from '../src/auth/access.ts'
import { type Role, ROLES, TOKEN_ISSUER } from '../src/auth/tokens.ts'
import { rows } from '../src/db.ts'
import { actor, type Json } from './support/actors.ts'
import { test, testConfig, type TestService } from './support/service.ts'
import { aRow, aSession, aTrainer, csvOf, sendCsv, type Trainer } from './support/factories.ts'

/** Who may call what. `own`: for an organisation of one's own; `any`: for every organisation; `public`: without a token. */
type Rule = { public: true } | { own: readonly Role[] }
const PUBLIC: Rule = { public: true }
const TRAINER: Rule = { own: ['administrateur', 'formateur'] }
const ADMINISTRATOR: Rule = { own: ['administrateur'] }
const OPERATOR: Rule = { own: [] }

/** Every route of the API: its rule, and a request that succeeds for who may (`:id` and `:slug` are filled in). */
const ROUTES: Record<string, { rule: Rule; body?: Json | string; query?: string; on?: 'campaign' | 'credential' | 'session' }> = {
  'GET /api/v1/frameworks': { rule: PUBLIC },
  'GET /api/v1/frameworks/:id/competences': { rule: PUBLIC },
  'GET /api/v1/crosswalks': { rule: PUBLIC },
  'GET /api/v1/metiers': { rule: PUBLIC },
  'GET /api/v1/certifications': { rule: PUBLIC },
  'GET /api/v1/modules': { rule: PUBLIC },
  'GET /api/v1/modules/:slug': { rule: PUBLIC },
  'GET /api/v1/paths': { rule: PUBLIC },
  'GET /api/v1/achievements': { rule: PUBLIC },
  'GET /api/v1/openapi.json': { rule: PUBLIC },
  'GET /api/v1/organisations/:slug': { rule: PUBLIC },
  'POST /api/v1/organisations': { rule: OPERATOR, body: { slug: ':new', name: 'Organisme d’essai' } },
  'POST /api/v1/organisations/:slug/keys': { rule: ADMINISTRATOR },
  'POST /api/v1/sessions': {
    rule: TRAINER,
    body: { organisation: ':slug', module: 'aidants-connect', startsOn: '2026-03-31', endsOn: '2026-03-31', capacity: 5, modality: 'distance' },
  },
  'GET /api/v1/sessions': { rule: TRAINER, query: '?organisation=:slug' },
  'POST /api/v1/sessions/:id/enrolments': {
    rule: TRAINER,
    on: 'session',
    body: [{ email: 'inscrite@exemple.invalid', givenName: 'Zoé', familyName: 'Exemple' }],
  },
  'POST /api/v1/sessions/:id/completions': { rule: TRAINER, on: 'session', body: csvOf([aRow(1)]) },
  'GET /api/v1/campaigns/:id': { rule: TRAINER, on: 'campaign' },
  'GET /api/v1/campaigns/:id/receipts': { rule: TRAINER, on: 'campaign' },
  'GET /api/v1/credentials': { rule: TRAINER, query: '?organisation=:slug' },
  'POST /api/v1/credentials/:id/suspension': { rule: TRAINER, on: 'credential', body: { reason: 'Essai d’accès' } },
  'POST /api/v1/credentials/:id/restoration': { rule: TRAINER, on: 'credential', body: { reason: 'Essai d’accès' } },
  'POST /api/v1/credentials/:id/revocation': { rule: TRAINER, on: 'credential', body: { reason: 'Essai d’accès' } },
  'POST /api/v1/verifications': { rule: PUBLIC, body: { credential: {} } },
}
