import { didHost } from '../credentials/verification-view.ts'
import type { Dialect, Verification } from '../credentials/verify.ts'
import { html, type Lang, longDate } from '../web/html.ts'
import { isGood } from './read-imports.ts'

const WORDS = {
  fr: {
    unverified: 'Non vérifié',
    refused: 'Refusé à la dernière vérification',
    expired: 'Expiré',
    older: (version: string) => `Ancien format (${version}), lu par le validateur de l’époque`,
    hosted: 'Publié par le site de l’émetteur',
    embedded: 'Signé',
    token: 'Jeton signé',
    checked: 'Vérifié le',
    unanswered: 'Nouvelle vérification sans résultat le',
    unknown: 'émetteur inconnu',
    claimed: 'nom donné par l’émetteur lui-même',
    key: 'clé prouvée',
    address: 'adresse prouvée',
  },
  en: {
    unverified: 'Not verified',
    refused: 'Refused at its last verification',
    expired: 'Expired',
    older: (version: string) => `Older format (${version}), read by the validator of the time`,
    hosted: 'Published by the issuer’s site',
    embedded: 'Signed',
    token: 'Signed token',
    checked: 'Verified on',
    unanswered: 'Could not be verified again on',
    unknown: 'unknown issuer',
    claimed: 'name given by the issuer itself',
    key: 'proven key',
    address: 'proven address',
  },
} as const

type Marked = { verdict: Verification['verdict']; validUntil: Date | null } & {
  version: Dialect['version'] | null
  proof: Dialect['proof'] | null
}

/** How a badge of elsewhere was checked, in plain words. */
export function markOf(badge: Marked, now: Date, lang: Lang = 'fr'): string {
  const { verdict, version, proof } = badge
  const words = WORDS[lang]
  if (verdict === 'indeterminate' || version === null) return words.unverified
  if (verdict === 'invalid') return words.refused
  if (!isGood(badge, now)) return words.expired
  if (version !== '3.0' && version !== '2.0') return words.older(version)
  const by = proof === 'hosted' ? words.hosted : proof === 'embedded' ? words.embedded : words.token
  return `${by} (Open Badges ${version})`
}

/** The colour of that mark. */
export const toneOf = (badge: Pick<Marked, 'verdict' | 'validUntil'>, now: Date): 'valid' | 'invalid' | 'waiting' =>
  isGood(badge, now) ? 'valid' : badge.verdict === 'indeterminate' ? 'waiting' : 'invalid'

type Checked = { checkedAt: Date; unansweredAt: Date | null }

/** When the last check concluded, and when nobody answered since. */
export function checkedWords({ checkedAt, unansweredAt }: Checked, lang: Lang = 'fr'): string {
  const { checked, unanswered } = WORDS[lang]
  const since = unansweredAt === null ? '' : ` ${unanswered} ${longDate(unansweredAt, lang)}.`
  return `${checked} ${longDate(checkedAt, lang)}.${since}`
}

type Issued = { issuer: { id: string; name: string | null } | null }

/** What names the issuer and is proven: the site of its identifier, or its key. */
export const provenIssuer = ({ issuer }: Issued, lang: Lang = 'fr'): string =>
  issuer === null
    ? WORDS[lang].unknown
    : `${didHost(issuer.id)} (${/^did:(key|jwk):/.test(issuer.id) ? WORDS[lang].key : WORDS[lang].address})`

/** The issuer as markup: the name that it gives itself, said to be so, and what is proven of it. */
export function issuerView(badge: Issued, lang: Lang = 'fr'): string {
  const { issuer } = badge
  if (issuer === null) return html`<span class="unknown">${WORDS[lang].unknown}</span>`
  const name = issuer.name === null ? '' : html`${inOneLine(issuer.name)} <small>(${WORDS[lang].claimed})</small><br />`
  return html`!${name}<small>${provenIssuer(badge, lang)}</small>`
}

/** What it is called: what its issuer signed or published, or where it came from while nothing is proven. */
export const nameOf = ({ name, from }: { name: string | null; from: string | null }): string =>
  name === null ? (from === null ? 'Badge non vérifié' : `Badge non vérifié (${from})`) : inOneLine(name)

/** Strangers wrote it: on one line, and no longer than a title. */
const inOneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').trim().slice(0, 300)
