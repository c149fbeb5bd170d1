import { signedBadge } from '../credentials/badge-pdf.ts'
import { badgeImagePng } from '../badges/render.ts'
import { longDate } from '../web/html.ts'
import { createPdf } from '../web/pdf.ts'
import { type Cv, type CvBadge, fullName } from './cv.ts'

/** The block on paper: each badge with its QR code, or one code for all; the signed badges attached. */
export async function cvPdf({ badges, name, link }: Cv, documents: Map<string, string>, now: Date): Promise<Buffer> {
  const title = name === null ? 'Compétences vérifiables' : `Compétences vérifiables de ${fullName(name)}`
  const pdf = createPdf({ title, lang: 'fr', ...(name && { author: fullName(name) }) })
  pdf.heading(1, title)
  const explain = (): void => {
    pdf.paragraph(`Établi le ${longDate(now)}. Un code ou un lien mène à la page où l’on vérifie, ce jour-là.`)
    pdf.paragraph('Les badges signés sont joints à ce PDF (Open Badges 3.0).', 'small')
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
  return pdf.end()
}

const sidesOf = ({ about, page }: CvBadge, hasQr: boolean) => ({
  left: { png: badgeImagePng(about), alt: `Image du badge « ${about.name} »`, size: 84 },
  ...(hasQr && { right: { address: page, alt: `Code QR de la page du badge « ${about.name} »`, size: 92 } }),
})

function describe(badge: CvBadge, pdf: ReturnType<typeof createPdf>): void {
  const { about, organisation, validFrom, validUntil, page } = badge
  const until = validUntil ? `valable jusqu’au ${longDate(validUntil)}` : 'sans date de fin'
  pdf.heading(2, about.name)
  pdf.paragraph(`${organisation}, ${longDate(validFrom)} ; ${until}.`)
  pdf.link(page)
}
