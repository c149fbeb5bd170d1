import type { Lang } from '../web/html.ts'

/** How the kinds of achievement of the Open Badges vocabulary are said (OB 3.0, AchievementType). */
const PRESENTED: Record<string, Record<Lang, string>> = {
  Certificate: { fr: 'certificat', en: 'certificate' },
  CertificateOfCompletion: { fr: 'attestation de fin de formation', en: 'certificate of completion' },
  Certification: { fr: 'certification', en: 'certification' },
  Diploma: { fr: 'diplôme', en: 'diploma' },
  Degree: { fr: 'diplôme universitaire', en: 'degree' },
  Course: { fr: 'formation suivie', en: 'course' },
  Competency: { fr: 'compétence', en: 'competency' },
  Award: { fr: 'distinction', en: 'award' },
  Membership: { fr: 'adhésion', en: 'membership' },
}

/** What kind of thing was obtained, never more than it is: a block is not the title, an authorisation is not a certification. */
export function kindWords(type: string | undefined, isOurs: boolean, lang: Lang): string {
  const said = RESULTS[lang]
  if (type === 'License') return said.license
  if (type === 'MicroCredential') return isOurs ? said.block : said.micro
  if (type === 'Badge' || type === undefined) return said.badge
  return said.presented.replace('{type}', () => PRESENTED[type]?.[lang] ?? type.slice(0, 60))
}

/** Words of the answer of `/verifier`. */
export const RESULTS = {
  fr: {
    license: 'Une habilitation : un mandat donné à une personne. Ce n’est pas une certification.',
    block: 'Un bloc de certification : une partie d’un titre, jamais le titre entier.',
    micro: 'Une micro-certification, selon son émetteur. Ce n’est ni un titre ni un diplôme.',
    badge: 'Un badge de compétences. Ce n’est ni un titre ni un diplôme.',
    presented: 'Présenté par son émetteur comme : {type}. Ce service ne contrôle pas ce que cela vaut.',
    person: 'Personne',
    obtained: 'Ce qui a été obtenu',
    says: 'Ce que dit le badge signé',
    nothing: 'Rien de ce que dit ce fichier n’est affiché : aucune signature vérifiée ne le garantit.',
    yes: 'Le nom ou l’adresse que vous avez tapé, « {name} », correspond bien à ce badge.',
    no: '« {name} » ne correspond pas à ce badge.',
    none: 'Aucun des {count} noms tapés ne correspond à ce badge.',
    unasked: 'Aucun nom n’a été comparé. Tapez celui du CV pour savoir si ce badge est bien celui de la personne.',
    validFor: 'Ce badge est authentique, valable le {date}, et c’est bien celui de « {name} ».',
    validUnasked: 'Ce badge est authentique et valable le {date}. Reste à savoir à qui il est : tapez un nom.',
    notMeaning: 'Ce que ce badge ne veut pas dire',
    register: 'À part : ce que dit le registre d’Insigne aujourd’hui',
    registerNote: 'Ces renseignements ne sont pas dans le badge signé ; ils peuvent changer.',
    issuer: 'Organisme',
    page: 'sa page',
    approved: 'approuvé pour délivrer des badges',
    suspended: 'suspendu : il ne délivre plus de badges ; ceux d’avant se vérifient toujours',
    other: 'non approuvé pour délivrer des badges aujourd’hui',
    declared: 'déclaré par l’organisme, non contrôlé',
    unstated: 'non renseigné',
    read: 'lu le',
    hours: 'Durée au catalogue',
    level: 'Niveau au catalogue',
    levelOf: 'niveau {level} sur 8, proposé par Insigne',
    class: 'Le badge au catalogue',
    unknown:
      'Cet émetteur n’est pas inscrit à Insigne : ce service ne sait de lui que son adresse, prouvée par la signature. Vérifiez sur son site que c’est bien l’organisme annoncé.',
    table: 'Résultats',
    region: 'Tableau des résultats',
    columns: [
      'Verdict',
      'Personne',
      'Badge',
      'Émetteur',
      'Délivré le',
      'Valable jusqu’au',
      'Raison',
      'Fichier ou lien',
    ],
    total: '{all} : {valid}, {invalid}, {undecided}.',
    missing: 'Aucun badge valable, parmi ces fichiers, pour :',
    download: 'Télécharger le tableau (CSV)',
    details: 'Le détail de chaque badge',
    detail: 'Détail',
    file: 'verification',
    noEnd: 'sans date de fin',
    notAsked: 'non demandé',
    ended: 'Obtenu le',
    mend: 'Que faire',
    kind: 'Nature',
    proven: 'Adresse prouvée',
    url: 'Page du badge',
  },
  en: {
    license: 'An authorisation: a mandate given to a person. It is not a certification.',
    block: 'A block of a certification: a part of a title, never the whole title.',
    micro: 'A micro-credential, according to its issuer. It is neither a title nor a diploma.',
    badge: 'A skills badge. It is neither a title nor a diploma.',
    presented: 'Presented by its issuer as: {type}. This service does not check what it is worth.',
    person: 'Person',
    obtained: 'What was obtained',
    says: 'What the signed badge says',
    nothing: 'Nothing of what this file says is shown: no verified signature vouches for it.',
    yes: 'The name or e-mail that you typed, “{name}”, does match this badge.',
    no: '“{name}” does not match this badge.',
    none: 'None of the {count} names typed matches this badge.',
    unasked: 'No name was compared. Type the one on the CV to know whether this badge is that person’s.',
    validFor: 'This badge is genuine, valid on {date}, and it is indeed that of “{name}”.',
    validUnasked: 'This badge is genuine and valid on {date}. Whose it is remains to be asked: type a name.',
    notMeaning: 'What this badge does not mean',
    register: 'Apart: what the register of Insigne says today',
    registerNote: 'This is not in the signed badge, and may change.',
    issuer: 'Organisation',
    page: 'its page, in French',
    approved: 'approved to issue badges',
    suspended: 'suspended: it issues no more badges; those from before still verify',
    other: 'not approved to issue badges today',
    declared: 'stated by the organisation, not checked',
    unstated: 'not stated',
    read: 'read on',
    hours: 'Length in the catalogue',
    level: 'Level in the catalogue',
    levelOf: 'level {level} of 8, proposed by Insigne',
    class: 'The badge in the catalogue',
    unknown:
      'This issuer is not registered with Insigne: this service only knows its address, proven by the signature. Check on its site that it is the organisation named.',
    table: 'Results',
    region: 'Table of results',
    columns: ['Verdict', 'Person', 'Badge', 'Issuer', 'Issued on', 'Valid until', 'Reason', 'File or link'],
    total: '{all}: {valid}, {invalid}, {undecided}.',
    missing: 'No valid badge, among these files, for:',
    download: 'Download the table (CSV)',
    details: 'The detail of each badge',
    detail: 'Detail',
    file: 'verification',
    noEnd: 'no end date',
    notAsked: 'not asked',
    ended: 'Obtained on',
    mend: 'What to do',
    kind: 'Kind',
    proven: 'Proven address',
    url: 'Page of the badge',
  },
} as const

/** A sentence with its blanks filled. */
export const fill = (sentence: string, values: Record<string, string>): string =>
  sentence.replaceAll(/\{(\w+)\}/g, (_, name: string) => values[name] ?? '')

const COUNTED = {
  fr: {
    all: ['résultat', 'résultats'],
    valid: ['badge valable', 'badges valables'],
    invalid: ['badge refusé', 'badges refusés'],
    undecided: ['sans conclusion', 'sans conclusion'],
  },
  en: {
    all: ['result', 'results'],
    valid: ['valid badge', 'valid badges'],
    invalid: ['badge refused', 'badges refused'],
    undecided: ['without conclusion', 'without conclusion'],
  },
} as const

/** A number with its noun: none is singular in French, plural in English. */
export function countedIn(lang: Lang, what: keyof (typeof COUNTED)['fr'], value: number): string {
  const isOne = lang === 'fr' ? value < 2 : value === 1
  return `${value.toLocaleString(lang === 'fr' ? 'fr-FR' : 'en-GB')} ${COUNTED[lang][what][isOne ? 0 : 1]}`
}
