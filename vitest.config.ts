import { defineConfig } from 'vitest/config'

// The same suites run on PGlite and on PostgreSQL; those that need no database, or a browser, run once.
// The plans of queries are those of PostgreSQL, and so are its locks and the time of 20,000 rows.
const postgresOnly = [
  'tests/plans.test.ts',
  'tests/requests-import.test.ts',
  'tests/locks.test.ts',
  'tests/statistics-at-work.test.ts',
]
const onceOnly = ['tests/pure/**', 'tests/browser/**', 'tests/commands/**', 'tests/faults/**']
// Who may what, the form of a badge and its verification, another's sign-in, what a dump holds, the map, pages: no database decides it.
const onceOnEither = [
  'tests/{access,tampering,verification,holder-link,proconnect,openapi,content,metrics,dump}.test.ts',
  'tests/{cartography-*,content-files,lists,planning*,positionings}.test.ts',
  'tests/{equivalences,feed,needs,places,provisional,statistics-editions,statistics-orders,statistics-pages,verification-counts,webhooks}.test.ts',
  'tests/{badge-connect,cors,endorsements,hosts,jwt,open-badges-2,portable-proof,refresh,vc-api,wallet}.test.ts',
  'tests/{authorization,authorization-native,catalogue,conseillers,documents,evidence,formations,holders-elsewhere,oauth,oid4vci,pix,sign-in,staff,trainer,verifier,wallet-recheck}.test.ts',
  'tests/{bulk,habilitation-pages,holders-shares,organisation-badges,rotation,status,validation}.test.ts',
]
// PostgreSQL, which the build machine has, answers in half the time of PGlite.
const isBuild = process.env['CI'] === 'true'

export default defineConfig({
  test: {
    globalSetup: ['tests/support/global-setup.ts'],
    reporters: ['default', './tests/support/totals-reporter.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    // One process takes many files: imports and the compilation of PGlite cost more than most of them.
    isolate: false,
    projects: [
      {
        extends: true,
        test: {
          name: 'embedded',
          include: ['tests/**/*.test.ts'],
          exclude: [...postgresOnly, ...(isBuild ? onceOnEither : [])],
          env: { TEST_DATABASE: 'pglite' },
        },
      },
      {
        extends: true,
        test: {
          name: 'postgres',
          include: ['tests/**/*.test.ts'],
          exclude: [...onceOnly, ...(isBuild ? [] : onceOnEither)],
          env: { TEST_DATABASE: 'postgres' },
        },
      },
    ],
  },
})
