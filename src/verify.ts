import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { createDocuments } from './credentials/documents.ts'
import { createGuardedFetch } from './credentials/fetch.ts'
import { readDay } from './credentials/verifications.routes.ts'
import { createVerifier } from './credentials/verifier.ts'
import type { Verification } from './credentials/verify.ts'
import { DomainError } from './errors.ts'

const USAGE = `Usage : npm run verify -- <fichier ou lien> [--recipient <nom ou adresse>] [--at 2026-03-12] [--lang en] [--json]
        [--allow-loopback]   pour vérifier un service qui tourne sur cette machine`
const MARKS = { success: '✔', failure: '✘', skipped: '–' } as const
const EXIT = { valid: 0, invalid: 1, indeterminate: 2 } as const

// Needs neither database nor configuration: what it cannot read from the badge, it asks of the issuer.
try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      recipient: { type: 'string' },
      at: { type: 'string' },
      lang: { type: 'string' },
      json: { type: 'boolean', default: false },
      'allow-loopback': { type: 'boolean', default: false },
    },
  })
  const [subject] = positionals
  if (subject === undefined) throw new Error(USAGE)
  const fetch = createGuardedFetch({ allowLoopback: values['allow-loopback'] })
  const verifier = createVerifier({ fetch, documents: createDocuments(fetch), own: async () => undefined })
  const question = {
    recipient: values.recipient,
    at: readDay(values.at),
    lang: values.lang === 'en' ? 'en' : 'fr',
  } as const
  const verification = /^https?:\/\//.test(subject)
    ? await verifier.url(subject, question)
    : await verifier.file(readFileSync(subject), question)
  process.stdout.write(values.json ? `${JSON.stringify(verification, null, 2)}\n` : readable(verification))
  process.exitCode = EXIT[verification.verdict]
} catch (error) {
  const mend = error instanceof DomainError ? ` ${error.mend}` : ''
  process.stderr.write(`${(error as Error).message}${mend}\n`)
  process.exitCode = 3
}

function readable({ summary, checks }: Verification): string {
  return [summary, ...checks.map(({ outcome, message }) => `  ${MARKS[outcome]} ${message}`), ''].join('\n')
}
