import { badgeImagePng } from '../badges/render.ts'
import type { Achievement } from '../badges/schema.ts'
import { type Lang, longDate } from '../web/html.ts'
import { createPdf } from '../web/pdf.ts'
import { JSON_LD } from '../web/reply.ts'
import { list, type OpenBadge } from './open-badge.ts'
import { didHost, shownLevels } from './verification-view.ts'

const WORDS = {
  fr: {
    kind: 'Badge numérique de compétences',
    of: 'Badge de',
    image: 'Image du badge',
    qr: 'Code QR de la page du badge',
    scan: 'Vérifiez ce badge sur sa page, aujourd’hui ou plus tard :',
    issuer: 'Délivré par',
    ended: 'Formation achevée le',
    granted: 'Habilitation donnée le',
    issued: 'Badge délivré le',
    until: 'Valable jusqu’au',
    forever: 'sans date de fin',
    revoked: 'Ce badge est révoqué : il n’est plus valable.',
    suspended: 'Ce badge est suspendu par l’organisme.',
    expired: 'Ce badge a expiré.',
    inForce: 'Ni révoqué, ni suspendu, ni expiré.',
    levels: 'Compétences et niveaux montrés',
    aligned: 'Compétences visées',
    criteria: 'Ce qu’il a fallu faire',
    meaning: 'Ce que ce badge ne veut pas dire',
    file: 'Badge signé (Open Badges 3.0)',
    attached: 'Le badge signé est joint à ce PDF : un outil qui lit les Open Badges 3.0 le vérifie sans ce papier.',
    state: 'État au',
  },
  en: {
    kind: 'Digital skills badge',
    of: 'Badge of',
    image: 'Image of the badge',
    qr: 'QR code of the badge page',
    scan: 'Verify this badge on its page, today or later:',
    issuer: 'Issued by',
    ended: 'Training completed on',
    granted: 'Authorised on',
    issued: 'Badge issued on',
    until: 'Valid until',
    forever: 'no end date',
    revoked: 'This badge is revoked: it is no longer valid.',
    suspended: 'This badge is suspended by its issuer.',
    expired: 'This badge has expired.',
    inForce: 'Not revoked, not suspended, not expired.',
    levels: 'Skills and levels shown',
    aligned: 'Skills aimed at',
    criteria: 'What it took (in French)',
    meaning: 'What this badge does not mean',
    file: 'Signed badge (Open Badges 3.0)',
    attached: 'The signed badge is attached to this PDF: any Open Badges 3.0 reader verifies it without this paper.',
    state: 'State on',
  },
} as const

type States = { validUntil: Date | null; revokedAt: Date | null; suspendedAt: Date | null }
type Printed = States & {
  id: string
  /** The signed credential, as it was signed. */
  document: string
  achievement: Achievement
  /** The name, where the person chose to show it. */
  holder: string | null
  lang: Lang
  baseUrl: string
  now: Date
}

/** A badge on paper: what its signed form says, its state that day, a QR code to its page, and the signed badge attached. */
export async function badgePdf(printed: Printed): Promise<Buffer> {
  const { id, document, achievement, holder, lang, baseUrl, now } = printed
  const words = WORDS[lang]
  const badge = JSON.parse(document) as OpenBadge
  const name = lang === 'fr' ? achievement.name : achievement.name_en
  const address = `${baseUrl}/credentials/${id}`
  const pdf = createPdf({ title: holder === null ? name : `${name}, ${holder}`, lang, subject: words.kind })
  const left = { png: badgeImagePng(achievement), alt: `${words.image} « ${achievement.name} »`, size: 120 }
  pdf.beside({ left }, () => {
    pdf.paragraph(words.kind, 'small')
    pdf.heading(1, name)
    if (holder !== null) pdf.paragraph(`${words.of} ${holder}`)
    pdf.paragraph(lang === 'fr' ? achievement.description : achievement.description_en)
  })
  pdf.facts(factsOf(badge, printed))
  pdf.rule()
  pdf.beside({ right: { address, alt: words.qr, size: 110 } }, () => {
    pdf.paragraph(words.scan)
    pdf.link(address)
    pdf.paragraph(words.attached, 'small')
  })
  const shown = shownLevels(badge, lang)
  const aimed = list(badge.credentialSubject.achievement.alignment)
  if (shown.length > 0) {
    pdf.heading(2, words.levels)
    pdf.list(shown.map((one) => `${one.name} (${one.framework})${lang === 'fr' ? ' :' : ':'} ${one.level}`))
  } else if (aimed.length > 0) {
    pdf.heading(2, words.aligned)
    pdf.list(aimed.map((one) => [one.targetName, one.targetFramework, one.targetCode].filter(Boolean).join(', ')))
  }
  pdf.heading(2, words.meaning)
  pdf.paragraph(lang === 'fr' ? achievement.does_not_mean : achievement.does_not_mean_en)
  pdf.heading(2, words.criteria)
  pdf.paragraph(achievement.criteria)
  pdf.attach(signedBadge({ id, achievement, document, now, lang }))
  return pdf.end()
}

function factsOf(badge: OpenBadge, printed: Printed): [string, string][] {
  const { lang, now } = printed
  const words = WORDS[lang]
  const { issuer, validFrom, validUntil } = badge
  const { activityEndDate, achievement } = badge.credentialSubject
  const [did, name] = typeof issuer === 'string' ? [issuer, undefined] : [issuer.id, issuer.name]
  const kind = achievement.achievementType === 'License' ? words.granted : words.ended
  return [
    [words.issuer, name ? `${name} (${didHost(did)})` : didHost(did)],
    ...(activityEndDate ? [[kind, longDate(activityEndDate, lang)] as [string, string]] : []),
    [words.issued, longDate(validFrom, lang)],
    [words.until, validUntil ? longDate(validUntil, lang) : words.forever],
    [`${words.state} ${longDate(now, lang)}`, words[stateOf(printed, now)]],
  ]
}

/** Where a badge stands on that day, by what the service keeps. */
function stateOf({ revokedAt, suspendedAt, validUntil }: States, now: Date) {
  if (revokedAt) return 'revoked'
  if (suspendedAt) return 'suspended'
  return validUntil && validUntil <= now ? 'expired' : 'inForce'
}

type Signed = { id: string; achievement: Achievement; document: string; now: Date; lang: Lang }

/** A signed badge as a PDF carries it. */
export const signedBadge = ({ id, achievement, document, now, lang }: Signed) => ({
  name: `${achievement.slug}-${id.slice(0, 8)}.json`,
  type: JSON_LD,
  description: `${WORDS[lang].file}${lang === 'fr' ? ' :' : ':'} ${achievement.name}`,
  content: document,
  date: now,
})
