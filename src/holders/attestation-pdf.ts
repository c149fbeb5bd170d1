import { competenceKey } from '../badges/achievements.ts'
import { badgeImagePng } from '../badges/render.ts'
import { signedBadge } from '../credentials/badge-pdf.ts'
import { parisDate } from '../days.ts'
import type { FactKind } from '../organisations/fact-kinds.ts'
import { counted } from '../web/components.ts'
import { longDate } from '../web/html.ts'
import { createPdf } from '../web/pdf.ts'
import type { Attestation } from './attestation.ts'

const UNKNOWN = 'non renseigné'
const MODALITIES = {
  presentiel: 'en présence',
  distance: 'à distance',
  hybride: 'en partie en présence, en partie à distance',
} as const

type Fact = [term: string, value: string]
type Given = { document: string; baseUrl: string; now: Date }

/** The certificate of end of training as a PDF, with the badge that the training organisation signed attached. */
export async function attestationPdf(attestation: Attestation, { document, baseUrl, now }: Given): Promise<Buffer> {
  const { id, person, organisation, achievement, completedOn, validFrom } = attestation
  const name = `${person.givenName} ${person.familyName}`
  const address = `${baseUrl}/credentials/${id}`
  const pdf = createPdf({ title: `Attestation de fin de formation, ${name}`, lang: 'fr', author: organisation.name })
  const isAssessment = achievement.block !== undefined
  const left = { png: badgeImagePng(achievement), alt: `Image du badge « ${achievement.name} »`, size: 96 }
  pdf.beside({ left }, () => {
    pdf.heading(1, 'Attestation de fin de formation')
    pdf.paragraph(
      isAssessment
        ? `${organisation.name} atteste que ${name} a réussi, le ${longDate(completedOn)}, l’évaluation décrite ci-dessous.`
        : `${organisation.name} atteste que ${name} a suivi la formation décrite ci-dessous, achevée le ${longDate(completedOn)}.`,
    )
  })
  pdf.heading(2, isAssessment ? 'L’évaluation' : 'La formation')
  pdf.facts(trainingFacts(attestation))
  pdf.heading(2, 'Objectifs')
  pdf.paragraph(attestation.module?.summary ?? achievement.description)
  pdf.heading(2, 'Résultats de l’évaluation des acquis')
  writeResults(attestation, pdf)
  pdf.heading(2, 'L’organisme de formation')
  pdf.facts(organisationFacts(attestation))
  pdf.heading(2, 'Ce que cette attestation n’est pas')
  pdf.paragraph(achievement.does_not_mean)
  pdf.paragraph(
    'Elle n’est ni un diplôme, ni un titre, ni une certification professionnelle. Elle ne remplace pas le certificat de ' +
      'réalisation que l’organisme remet au financeur (article R. 6332-26 du code du travail).',
  )
  pdf.rule()
  pdf.beside({ right: { address, alt: 'Code QR de la page du badge', size: 100 } }, () => {
    pdf.paragraph(`Établie le ${longDate(now)} par le service Insigne, d’après ce que l’organisme lui a transmis.`)
    pdf.paragraph(
      `Le badge que l’organisme a signé le ${longDate(validFrom)} est joint à ce PDF. Il se vérifie sur sa page :`,
    )
    pdf.link(address)
  })
  pdf.attach(signedBadge({ id, achievement, document, now, lang: 'fr' }))
  return pdf.end()
}

function trainingFacts({ achievement, module, session }: Attestation): Fact[] {
  const { startsOn, endsOn, hours, modality, place, departement } = session
  const isAssessment = achievement.block !== undefined
  const nature = isAssessment
    ? `Évaluation d’un bloc de certification (${achievement.block!.certification}, ${achievement.block!.ref}). Un bloc n’est pas le titre entier.`
    : 'Action de formation (article L. 6313-1, 1°, du code du travail), telle que l’organisme l’a déclarée'
  const where = [place, departement && `département ${departement}`].filter(Boolean).join(', ')
  return [
    ['Intitulé', module?.title ?? achievement.name],
    ['Badge obtenu', achievement.name],
    ['Nature', nature],
    ['Dates', startsOn === endsOn ? `le ${longDate(startsOn)}` : `du ${longDate(startsOn)} au ${longDate(endsOn)}`],
    ['Durée', hours === null ? 'non renseignée' : counted(hours, 'heure')],
    ['Modalité', MODALITIES[modality] + (where === '' ? '' : `, ${where}`)],
  ]
}

/** What was assessed with its level, and what was aimed at only: the organisation sends a level for what it assessed. */
function writeResults({ achievement, levels }: Attestation, pdf: ReturnType<typeof createPdf>): void {
  if (levels.length === 0) {
    pdf.paragraph('L’organisme n’a transmis aucun résultat par compétence : il atteste que la formation est achevée.')
  }
  const reached = new Map(levels.map((one) => [competenceKey(one), one.level]))
  pdf.list(
    achievement.competences.map((one) => {
      const level = reached.get(competenceKey(one))
      const words =
        level === undefined
          ? 'visée, non évaluée'
          : level === null
            ? 'acquise'
            : `niveau ${level} sur ${one.levels.at(-1) ?? level}`
      return `${one.label} (${one.frameworkTitle} ${one.version}, ${one.code}) : ${words}`
    }),
  )
}

function organisationFacts({ organisation, facts }: Attestation): Fact[] {
  const { name, siret, nda, qualiopi } = organisation
  const standing = (kind: FactKind, declared: string | null): string => {
    const fact = facts.find((one) => one.kind === kind)
    if (fact) return `${fact.value}, contrôlé le ${longDate(fact.checkedOn)} (${fact.source})`
    return declared === null ? UNKNOWN : `${declared}, déclaré par l’organisme`
  }
  const number = standing('nda', nda)
  return [
    ['Nom', name],
    ['SIRET', standing('siret', siret)],
    ['Déclaration d’activité', nda === null ? number : `${number}. Ce numéro ne vaut pas agrément de l’État.`],
    ['Qualiopi', standing('qualiopi', qualiopi ? 'oui' : null)],
  ]
}

/** How the file is called: nothing of the name, which a file system may not write. */
export const attestationFile = ({ achievement, completedOn }: Attestation): string =>
  `attestation-${achievement.slug}-${parisDate(new Date(completedOn))}.pdf`
