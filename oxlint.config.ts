import { defineConfig, type OxlintOverride } from 'oxlint'

const BELOW_CREDENTIALS = [
  'web',
  'journal',
  'messages',
  'referential',
  'curricula',
  'badges',
  'organisations',
  'people',
  'training',
]

/** What each feature may import, besides itself and what lies at the root of `src`. The graph of ARCHITECTURE.md. */
const GRAPH: Record<string, string[]> = {
  web: [],
  journal: ['web'],
  messages: ['web'],
  home: ['web', 'badges'],
  referential: ['web'],
  curricula: ['web', 'referential'],
  badges: ['web', 'journal', 'referential', 'curricula'],
  organisations: ['web', 'journal', 'messages', 'people', 'referential', 'curricula', 'badges'],
  people: ['web', 'journal', 'messages'],
  auth: ['web', 'journal', 'messages', 'people', 'organisations'],
  training: ['web', 'journal', 'messages', 'referential', 'curricula', 'badges', 'organisations', 'people'],
  credentials: BELOW_CREDENTIALS,
  planning: [
    'web',
    'journal',
    'people',
    'organisations',
    'referential',
    'curricula',
    'training',
    'credentials',
    'wallet',
  ],
  cartography: ['web', 'journal', 'referential', 'curricula', 'badges', 'organisations', 'training', 'planning'],
  habilitation: [...BELOW_CREDENTIALS, 'auth', 'credentials'],
  // What someone holds from elsewhere, and the milestones that parts make together.
  proofs: [...BELOW_CREDENTIALS, 'auth', 'credentials'],
  conseillers: [...BELOW_CREDENTIALS, 'auth', 'credentials', 'proofs'],
  // Badges of elsewhere; what is added to a badge once it is signed; the other dialects of badges.
  wallet: [...BELOW_CREDENTIALS, 'auth', 'credentials'],
  endorsements: [...BELOW_CREDENTIALS, 'auth', 'credentials'],
  evidence: [...BELOW_CREDENTIALS, 'auth', 'credentials', 'endorsements'],
  interop: [...BELOW_CREDENTIALS, 'auth', 'credentials', 'wallet'],
  // The space of a person: everything that the service holds about her or him.
  holders: [
    ...BELOW_CREDENTIALS,
    'auth',
    'credentials',
    'habilitation',
    'conseillers',
    'proofs',
    'planning',
    'needs',
    'wallet',
    'endorsements',
    'evidence',
    'interop',
  ],
  // What someone lacks in training, and what tells other tools of what happens here.
  needs: ['web', 'journal', 'people', 'organisations', 'auth'],
  feed: ['web', 'journal', 'messages', 'people', 'organisations', 'auth', 'credentials', 'training'],
  // The places where people are helped, and who is trained there.
  places: [...BELOW_CREDENTIALS, 'auth', 'credentials', 'habilitation', 'conseillers'],
  // Reads everything; nothing imports it.
  statistics: [...BELOW_CREDENTIALS, 'auth', 'credentials', 'habilitation', 'planning', 'cartography', 'needs'],
  privacy: [
    'web',
    'journal',
    'messages',
    'people',
    'auth',
    'training',
    'credentials',
    'planning',
    'habilitation',
    'holders',
    'needs',
    'feed',
    'wallet',
    'endorsements',
    'evidence',
    'interop',
  ],
}
const FEATURES = Object.keys(GRAPH)
const EDGE = '*.{routes,pages,jobs}.ts'
const ENTRIES = [
  'server',
  'worker',
  'demo',
  'token',
  'rotate',
  'grant',
  'verify',
  'send',
  'journal',
  'service',
  'resources',
  'app',
]

const forbid = (group: string[], message: string) => ({ group, message })
const heavy = ['drizzle-orm', 'drizzle-orm/pg-core'].map((name) => ({
  name,
  message: 'Through src/drizzle.ts or src/drizzle-pg.ts, which say why.',
}))
const restricted = (...patterns: { group: string[]; message: string }[]): OxlintOverride['rules'] & object => ({
  'no-restricted-imports': ['error', { paths: heavy, patterns }],
})

const upward = forbid(
  ENTRIES.map((entry) => `../${entry}.ts`),
  'Imports point down: nothing below imports an entry or the application.',
)
const foreign = (feature: string, also: string[] = []) =>
  forbid(
    FEATURES.filter((one) => one !== feature && !GRAPH[feature]!.includes(one) && !also.includes(one)).map(
      (one) => `../${one}/**`,
    ),
    `${feature} may only import ${GRAPH[feature]!.join(', ') || 'itself'}.`,
  )

export default defineConfig({
  plugins: ['typescript', 'unicorn', 'oxc', 'import', 'promise', 'node'],
  categories: { correctness: 'error', suspicious: 'error', perf: 'error' },
  rules: {
    'import/no-cycle': 'error',
    'typescript/no-explicit-any': 'error',
    'typescript/no-floating-promises': 'error',
    'typescript/no-misused-promises': 'error',
    'typescript/await-thenable': 'error',
    'typescript/switch-exhaustiveness-check': 'off',
    'typescript/no-unsafe-type-assertion': 'off', // the edges are checked by TypeBox; casts there say so
    'typescript/unbound-method': 'off', // no classes here, so no `this` to lose
    'typescript/consistent-return': 'off',
    'oxc/no-map-spread': 'off', // rows are small and shared by nobody
    'unicorn/consistent-function-scoping': 'off',
    'oxc/no-async-endpoint-handlers': 'off', // Express only
    'no-await-in-loop': 'off', // batches follow one another on purpose
    'import/no-named-as-default-member': 'off',
    'unicorn/prefer-set-has': 'off',
    'typescript/no-extraneous-class': 'off',
    'no-shadow': 'off',
    'no-underscore-dangle': 'off',
    'unicorn/no-array-sort': 'off',
  },
  overrides: [
    ...FEATURES.flatMap((feature): OxlintOverride[] => [
      {
        files: [`src/${feature}/*.ts`],
        rules: restricted(
          upward,
          foreign(feature, feature === 'web' ? ['auth'] : []),
          forbid(
            ['fastify', '@fastify/*', 'bullmq', `./${EDGE}`, `../*/${EDGE}`],
            'Verbs know nothing of the web or the queue.',
          ),
        ),
      },
      {
        files: [`src/${feature}/${EDGE}`],
        rules: restricted(
          upward,
          foreign(feature, feature === 'journal' ? ['web', 'auth', 'organisations'] : ['web', 'auth']),
          forbid(['./*.sql.ts', '../*/*.sql.ts', `../*/${EDGE}`], 'Routes, pages and jobs reach SQL through a verb.'),
        ),
      },
    ]),
    {
      // The places of `web` and `auth` that plug into the framework.
      files: [
        'src/web/{reply,cors,form-answer,form-files,idempotency,problem.pages,validators}.ts',
        'src/auth/access.ts',
      ],
      rules: restricted(upward),
    },
    {
      files: ['src/!(config).ts', 'src/*/**/*.ts'],
      rules: { 'node/no-process-env': 'error' },
    },
    { files: ['tests/**'], rules: { 'typescript/no-explicit-any': 'off' } },
  ],
})
