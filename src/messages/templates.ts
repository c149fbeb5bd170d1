import { longDate } from '../web/html.ts'

/** A message as written for a person: sentences, and at most one link to follow. */
export type Letter = { subject: string; paragraphs: string[]; action?: { label: string; url: string } }

/** A training session as its learners are told of it; no title when it assesses a block. */
export type SessionSaid = {
  title: string | null
  organisation: string
  startsOn: string
  endsOn: string
  place: string | null
}

const named = ({ title }: SessionSaid): string => (title === null ? 'cette session' : `la session « ${title} »`)
const capital = (text: string): string => `${text[0]!.toUpperCase()}${text.slice(1)}`
const whenAndWhere = ({ startsOn, endsOn, place, organisation }: SessionSaid): string => {
  const when = startsOn === endsOn ? `le ${longDate(startsOn)}` : `du ${longDate(startsOn)} au ${longDate(endsOn)}`
  return `Quand : ${when}. Où : ${place ?? 'à distance'}. Organisme : ${organisation}.`
}

/** Every e-mail of the service, by kind. */
export const TEMPLATES = {
  'sign-in': ({ url }: { url: string }): Letter => ({
    subject: 'Votre lien de connexion à Insigne',
    paragraphs: [
      'Bonjour,',
      'Voici le lien qui ouvre votre espace Insigne. Il sert une seule fois, dans les 15 minutes.',
      'Si vous n’avez rien demandé, ignorez ce message : personne n’est entré.',
    ],
    action: { label: 'Ouvrir mon espace', url },
  }),
  address: ({ url }: { url: string }): Letter => ({
    subject: 'Ajouter cette adresse à votre espace Insigne',
    paragraphs: [
      'Bonjour,',
      'Quelqu’un qui a ouvert son espace Insigne demande à y ajouter cette adresse. Si c’est vous, ce lien le confirme. Il sert une seule fois, dans les 15 minutes, et dans le navigateur où votre espace est ouvert.',
      'Si ce n’est pas vous, ignorez ce message : rien n’est ajouté.',
    ],
    action: { label: 'Ajouter cette adresse', url },
  }),
  invitation: ({ url, organisation, role }: { url: string; organisation: string; role: string }): Letter => ({
    subject: `Rejoindre ${organisation} sur Insigne`,
    paragraphs: [
      'Bonjour,',
      `L’organisme « ${organisation} » vous invite à rejoindre son équipe sur Insigne, comme ${role}.`,
      'Ce lien sert une seule fois, pendant 7 jours. Il demande de vous connecter avec l’adresse qui reçoit ce message.',
      'Si vous ne connaissez pas cet organisme, ignorez ce message : vous n’êtes inscrite ou inscrit à rien.',
    ],
    action: { label: 'Voir l’invitation', url },
  }),
  'place-freed': (session: SessionSaid): Letter => ({
    subject: 'Une place s’est libérée à votre formation',
    paragraphs: [
      'Bonjour,',
      `Vous étiez sur la liste d’attente de ${named(session)}. Une place s’est libérée : vous êtes maintenant inscrite ou inscrit.`,
      whenAndWhere(session),
      'Si vous ne pouvez pas venir, dites-le à cet organisme ou à votre structure : la place ira à une autre personne.',
    ],
  }),
  'session-cancelled': ({ reason, ...session }: SessionSaid & { reason: string }): Letter => ({
    subject: 'Une formation où vous étiez inscrite ou inscrit est annulée',
    paragraphs: [
      'Bonjour,',
      `${capital(named(session))} est annulée. Raison donnée : ${reason}`,
      whenAndWhere(session),
      'Vous n’avez rien à faire. Pour suivre cette formation à une autre date, voyez avec cet organisme ou avec votre structure.',
    ],
  }),
  'inactivity-warning': ({ structure, day }: { structure: string; day: string }): Letter => ({
    subject: 'Votre habilitation Aidants Connect sera bientôt suspendue',
    paragraphs: [
      'Bonjour,',
      `Vous ne vous êtes pas connectée ou connecté à Aidants Connect depuis cinq mois. Sans connexion d’ici au ${longDate(day)}, votre habilitation dans la structure « ${structure} » sera suspendue pour inactivité.`,
      'Pour la garder, connectez-vous à Aidants Connect avant ce jour. Une habilitation suspendue est rétablie dès que vous vous connectez à nouveau.',
    ],
  }),
  'webhook-stopped': ({ organisation, host, why, cause, url }: WebhookStopped): Letter => ({
    subject: `Les envois d’Insigne vers ${host} sont arrêtés`,
    paragraphs: [
      'Bonjour,',
      `Insigne n’envoie plus les événements de l’organisme « ${organisation} » à l’outil qui les recevait sur ${host}. Dernière réponse : ${why}`,
      STOPPED[cause],
    ],
    action: { label: 'Voir les abonnements', url },
  }),
  expiry: ({ badges, others, url }: { badges: Ending[]; others: number; url: string }): Letter => ({
    subject:
      badges.length === 1
        ? `Votre badge « ${badges[0]!.name} » expire le ${longDate(badges[0]!.endsOn)}`
        : `${badges.length + others} de vos badges expirent bientôt, à partir du ${longDate(badges[0]!.endsOn)}`,
    paragraphs: [
      'Bonjour,',
      ...badges.flatMap(endingWords),
      ...(others > 0 ? [`Et ${others} autres, que votre espace montre avec ceux-ci.`] : []),
      'Ce que cela change : passé ce jour, un badge est dit expiré. Il reste vérifiable : toute personne peut s’assurer qu’il était valable à n’importe quelle date de sa période.',
      'Renouveler donne un nouveau badge, valable à partir du jour où il est délivré : le temps qui restait à l’ancien ne s’y ajoute pas. L’ancien reste tel quel.',
      'Si vous n’êtes plus concernée ou concerné, vous n’avez rien à faire.',
    ],
    action: { label: 'Voir mes badges', url },
  }),
}

/** A tool that is no longer told of what happens in an organisation, and why. */
type WebhookStopped = { organisation: string; host: string; why: string; cause: keyof typeof STOPPED; url: string }
const STOPPED = {
  silent:
    'Les envois ont été essayés pendant trois jours. Rien n’est perdu : quand l’outil répond de nouveau, reprenez les envois, et il reçoit tout ce qui attend.',
  gone: 'Cet outil a demandé lui-même à ne plus rien recevoir. Si c’est voulu, supprimez l’abonnement.',
  lost: 'Supprimez l’abonnement, créez-en un autre, et faites relire une fois à l’outil la liste des badges.',
}

/** A badge that ends, the module that renews it and the next sessions. */
type Ending = {
  name: string
  endsOn: string
  module: { title: string; url: string } | null
  sessions: {
    startsOn: string
    endsOn: string
    modality: string
    departement: string | null
    place: string | null
    organisation: string
  }[]
}

const endingWords = ({ name, endsOn, module, sessions }: Ending): string[] => [
  `Votre badge « ${name} » expire le ${longDate(endsOn)}.`,
  module
    ? `Pour le renouveler, suivez de nouveau la formation « ${module.title} » : ${module.url}`
    : 'Pour le renouveler, adressez-vous à un organisme qui le délivre.',
  sessions.length === 0
    ? 'Aucune session n’est annoncée pour le moment.'
    : `Prochaines sessions : ${sessions.map(sessionWords).join(' ; ')}.`,
]

function sessionWords({ startsOn, endsOn, modality, departement, place, organisation }: Ending['sessions'][number]) {
  const days = startsOn === endsOn ? `le ${longDate(startsOn)}` : `du ${longDate(startsOn)} au ${longDate(endsOn)}`
  const where =
    modality === 'distance' ? 'à distance' : [place, departement && `(${departement})`].filter(Boolean).join(' ')
  return `${days}, ${where}, par ${organisation}`
}

export type MessageKind = keyof typeof TEMPLATES
export type MessageOf<K extends MessageKind> = { to: string; kind: K; values: Parameters<(typeof TEMPLATES)[K]>[0] }
