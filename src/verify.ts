import { readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { parseArgs } from 'node:util'
import { parseCredential } from './credentials/badge-text.ts'
import { type Bundle, type FoundThen, isZip, readBundle, unzip } from './credentials/bundle.ts'
import { createDocuments, type Documents } from './credentials/documents.ts'
import { createGuardedFetch, type GuardedFetch } from './credentials/fetch.ts'
import { Unreachable } from './credentials/suite.ts'
import { readDay, serializeVerification } from './credentials/verifications.routes.ts'
import { createVerifier } from './credentials/verifier.ts'
import { type BundledVerification, verifyBundled } from './credentials/verify-bundle.ts'
import { DomainError } from './errors.ts'
import { createOlderDialects } from './interop/older.ts'
import { longDate } from './web/html.ts'

const USAGE = `Usage : npm run verify -- <badge, lien, archive ou dossier> [--recipient <nom ou adresse>] [--at 2026-03-12] [--lang en] [--json]
        [--with <fichier>]   document joint au badge (clés de l’émetteur, liste d’états) : à répéter
        [--offline]          sans réseau : rien que les documents joints
        [--trust <clé>]      seule clé (z6Mk…) acceptée pour l’émetteur : à répéter
        [--allow-loopback]   pour vérifier un service qui tourne sur cette machine`
const MARKS = { success: '✔', failure: '✘', skipped: '–' } as const
const EXIT = { valid: 0, indeterminate: 2, invalid: 1 } as const
const noNetwork: GuardedFetch = async (url) => {
  throw new Unreachable(`No network: ${url}`)
}

const older = createOlderDialects()

/** `elsewhere`: of a badge that others issued, what was found when the archive was made, as far as it says so. */
type Answer = { name: string; elsewhere?: FoundThen | 'unknown' } & BundledVerification

const KEYS = {
  trusted: {
    fr: 'Clé de l’émetteur : l’une de celles que vous avez données.',
    en: 'Issuer’s key: one of those that you gave.',
  },
  issuer: { fr: 'Clé de l’émetteur : lue aujourd’hui chez lui.', en: 'Issuer’s key: read today at the issuer’s.' },
  bundle: {
    fr: 'Clé de l’émetteur : celle des documents joints, car lui ne répond pas. Rien d’autre ici ne dit qu’elle est la sienne : comparez-la à une clé que vous tenez de lui (--trust).',
    en: 'Issuer’s key: that of the documents joined, as the issuer does not answer. Nothing else here says that it is theirs: compare it with a key that you have from them (--trust).',
  },
} as const

// Needs neither database nor configuration: what it cannot read from the badge, it asks of the issuer, or of what was joined.
try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      recipient: { type: 'string' },
      at: { type: 'string' },
      lang: { type: 'string' },
      json: { type: 'boolean', default: false },
      with: { type: 'string', multiple: true, default: [] },
      trust: { type: 'string', multiple: true, default: [] },
      offline: { type: 'boolean', default: false },
      'allow-loopback': { type: 'boolean', default: false },
    },
  })
  const [subject] = positionals
  if (subject === undefined) throw new Error(USAGE)
  const fetch = values.offline ? noNetwork : createGuardedFetch({ allowLoopback: values['allow-loopback'] })
  const lang = values.lang === 'en' ? 'en' : 'fr'
  const question = { recipient: values.recipient, at: readDay(values.at), lang } as const
  const given = bundleOf(subject, values.with)
  const { damaged } = given?.bundle ?? { damaged: [] }
  const answers = given ? await answerBundle(given) : [await answerLive(subject)]
  process.stdout.write(values.json ? asJson(answers, given !== null) : readable(answers, damaged, lang))
  // Those of elsewhere are told, and decide only when there are no others: what proves them is not in the archive.
  const ours = answers.filter((one) => one.elsewhere === undefined)
  const worst = (ours.length > 0 ? ours : answers)
    .map((one) => EXIT[one.verification.verdict])
    .toSorted((a, b) => (a === 1 ? -1 : b === 1 ? 1 : b - a))
  process.exitCode = damaged.length > 0 ? 1 : worst[0]!

  async function answerLive(subject: string): Promise<Answer> {
    const verifier = verifierOf(createDocuments(fetch))
    const verification = /^https?:\/\//.test(subject)
      ? await verifier.url(subject, question)
      : await verifier.file(readFileSync(subject), question)
    return { name: subject, verification, speaksFor: null, keyFrom: null }
  }

  async function answerBundle({ bundle, badges, elsewhere }: Given): Promise<Answer[]> {
    const asked = { bundle, live: createDocuments(fetch), trusted: values.trust, question, verifierOf }
    const answers: Answer[] = []
    for (const [name, content] of badges) answers.push({ name, ...(await verifyBundled(asked, content)) })
    for (const [name, content] of elsewhere) {
      const verification = await verifierOf(asked.live).credential(givenIn(content), question)
      answers.push({
        name,
        elsewhere: bundle.found.get(name) ?? 'unknown',
        verification,
        speaksFor: null,
        keyFrom: null,
      })
    }
    return answers
  }

  function verifierOf(documents: Documents, now: Date | null = null) {
    return createVerifier({ fetch, documents, own: async () => undefined, older, ...(now && { now: () => now }) })
  }
} catch (error) {
  const mend = error instanceof DomainError ? ` ${error.mend}` : ''
  process.stderr.write(`${(error as Error).message}${mend}\n`)
  process.exitCode = 3
}

/** What a file of elsewhere holds; what cannot be read is left as text, which no verifier takes for a badge. */
function givenIn(content: Buffer): unknown {
  const text = content.toString('utf8')
  try {
    return parseCredential(text)
  } catch {
    return text
  }
}

type Given = { bundle: Bundle; badges: Map<string, Buffer>; elsewhere: Map<string, Buffer> }

/** What was given to verify, with what was joined to it; null for a badge alone. */
function bundleOf(subject: string, joined: string[]): Given | null {
  if (/^https?:\/\//.test(subject)) return null
  const files = filesOf(subject)
  const more = new Map(joined.flatMap((path) => [...(filesOf(path) ?? [[basename(path), readFileSync(path)]])]))
  if (files === null && more.size === 0) return null
  const bundle = readBundle(new Map([...(files ?? []), ...more]))
  const badges = files === null ? new Map([[subject, readFileSync(subject)]]) : bundle.badges
  const elsewhere = files === null ? new Map<string, Buffer>() : bundle.elsewhere
  if (badges.size + elsewhere.size === 0) throw new Error('Aucun badge dans cette archive ou ce dossier.')
  return { bundle, badges, elsewhere }
}

/** The files of an archive or of a folder, by their names; null for another file. */
function filesOf(path: string): Map<string, Buffer> | null {
  if (!statSync(path).isDirectory()) {
    const bytes = readFileSync(path)
    return isZip(bytes) ? unzip(bytes) : null
  }
  const entries = readdirSync(path, { recursive: true, withFileTypes: true }).filter((one) => one.isFile())
  const places = entries.map((one) => join(one.parentPath, one.name))
  return new Map(places.map((place) => [place.slice(join(path, '/').length), readFileSync(place)]))
}

function readable(answers: Answer[], damaged: string[], lang: 'fr' | 'en'): string {
  const changed = damaged.map((name) =>
    lang === 'fr'
      ? `Ce fichier a changé depuis que l’archive a été faite : ${name}`
      : `This file has changed since the archive was made: ${name}`,
  )
  const told = answers.flatMap(({ name, verification, speaksFor, keyFrom, elsewhere }) => [
    ...(answers.length > 1 ? ['', name] : []),
    verification.summary,
    ...verification.checks.map(({ outcome, message }) => `  ${MARKS[outcome]} ${message}`),
    ...(speaksFor ? [`  ${daySentence(speaksFor, lang)}`] : []),
    ...(keyFrom ? [`  ${KEYS[keyFrom][lang]}`] : []),
    ...(elsewhere ? [`  ${elsewhereSentence(elsewhere, lang)}`] : []),
  ])
  // Strangers name files and write what is quoted: nothing of theirs moves the cursor of a terminal.
  return [...changed, ...told, ''].join('\n').replaceAll(/[^\P{Cc}\n]/gu, '\uFFFD')
}

function daySentence(day: Date, lang: 'fr' | 'en'): string {
  return lang === 'fr'
    ? `Les documents joints parlent du ${longDate(day)} : ce qui a changé depuis n’y est pas.`
    : `The documents joined speak for ${longDate(day, 'en')}: what has changed since is not in them.`
}

function elsewhereSentence(found: FoundThen | 'unknown', lang: 'fr' | 'en'): string {
  const apart = {
    fr: 'Badge délivré ailleurs : il se vérifie chez son émetteur.',
    en: 'Badge issued elsewhere: it verifies at its issuer’s.',
  }[lang]
  if (found === 'unknown') return apart
  const day = longDate(found.checkedAt, lang)
  return lang === 'fr'
    ? `${apart} L’archive dit ce qui en avait été trouvé le ${day} : ${found.mark}.`
    : `${apart} The archive says what was found of it on ${day}: ${found.mark}.`
}

function asJson(answers: Answer[], isBundle: boolean): string {
  const told = answers.map(({ name, verification, speaksFor, keyFrom, elsewhere }) => ({
    ...(isBundle && { file: name, speaksFor, keyFrom, ...(elsewhere && { elsewhere }) }),
    ...serializeVerification(verification),
  }))
  return `${JSON.stringify(isBundle ? told : told[0], null, 2)}\n`
}
