import { signedBadge } from '../credentials/badge-pdf.ts'
import { badgeImagePng } from '../badges/render.ts'
import { textOf } from '../wallet/imported-row.ts'
import { nameOf } from '../wallet/marks.ts'
import type { ImportedBadge } from '../wallet/read-imports.ts'
import { longDate } from '../web/html.ts'
import { createPdf } from '../web/pdf.ts'
import { type Cv, type CvBadge, fullName } from './cv.ts'
import { ELSEWHERE_TITLE, extensionOf, lineOfElsewhere } from './elsewhere-words.ts'

/** The signed badges, and what was given of those of elsewhere, by id. */
type Joined = { documents: Map<string, string>; given: Map<string, unknown> }

type Pdf = ReturnType<typeof createPdf>

/** The block on paper: each badge with its QR code, or one code for all; the signed badges attached. */
export async function cvPdf(
  { badges, elsewhere, name, link }: Cv,
  { documents, given }: Joined,
  now: Date,
): Promise<Buffer> {
  const title = name === null ? 'Compétences vérifiables' : `Compétences vérifiables de ${fullName(name)}`
  const pdf = createPdf({ title, lang: 'fr', ...(name && { author: fullName(name) }) })
  pdf.heading(1, title)
  const explain = (): void => {
    const way =
      badges.length > 0 || link !== null ? ' Un code ou un lien mène à la page où l’on vérifie, ce jour-là.' : ''
    pdf.paragraph(`Établi le ${longDate(now)}.${way}`)
    if (badges.length > 0) pdf.paragraph('Les badges signés sont joints à ce PDF (Open Badges 3.0).', 'small')
    if (link !== null) pdf.link(link)
  }
  if (link === null) explain()
  else pdf.beside({ right: { address: link, alt: 'Code QR de la page qui montre ces badges', size: 110 } }, explain)
  for (const badge of badges) {
    pdf.rule()
    pdf.beside(sidesOf(badge, link === null), () => describe(badge, pdf))
    const document = documents.get(badge.id)
    if (document) pdf.attach(signedBadge({ id: badge.id, achievement: badge.about, document, now, lang: 'fr' }))
  }
  if (elsewhere.length > 0) addElsewhere(pdf, elsewhere, given, now)
  return pdf.end()
}

const sidesOf = ({ about, page }: CvBadge, hasQr: boolean) => ({
  left: { png: badgeImagePng(about), alt: `Image du badge « ${about.name} »`, size: 84 },
  ...(hasQr && { right: { address: page, alt: `Code QR de la page du badge « ${about.name} »`, size: 92 } }),
})

function describe(badge: CvBadge, pdf: Pdf): void {
  const { about, organisation, validFrom, validUntil, page } = badge
  const until = validUntil ? `valable jusqu’au ${longDate(validUntil)}` : 'sans date de fin'
  pdf.heading(2, about.name)
  pdf.paragraph(`${organisation}, ${longDate(validFrom)} ; ${until}.`)
  pdf.link(page)
}

/** Those of elsewhere, apart and last, each with its file as its holder gave it: what a verifier reads. */
function addElsewhere(pdf: Pdf, badges: ImportedBadge[], given: Map<string, unknown>, now: Date): void {
  pdf.rule()
  pdf.heading(2, ELSEWHERE_TITLE)
  pdf.paragraph('D’autres plateformes en répondent. Leurs fichiers sont joints à ce PDF.', 'small')
  pdf.list(badges.map((one) => lineOfElsewhere(one, now)))
  for (const [index, one] of badges.entries()) {
    const badge = given.get(one.id)
    if (badge === undefined) continue // withdrawn since the list was read
    pdf.attach({
      name: `badge-d-ailleurs-${index + 1}.${extensionOf(badge)}`,
      type: typeof badge === 'string' ? 'text/plain' : 'application/json',
      description: `Badge délivré ailleurs : ${nameOf(one)}`,
      content: textOf(badge),
      date: now,
    })
  }
}
