type Details = Record<string, unknown>

/** Each action of the journal, as a French sentence without its author; numbers come from the details of the line. */
const SENTENCES: Record<string, string | ((details: Details) => string)> = {
  'auth.grant_given': ({ role }) => `Rôle donné : ${String(role)}`,
  'auth.grant_ended': ({ role }) => `Rôle retiré : ${String(role)}`,
  'auth.link_asked': 'Lien de connexion demandé',
  'auth.signed_in': 'Connexion',
  'auth.signed_out': 'Déconnexion',
  'badges.published': 'Nouvelles versions de badges publiées',
  'campaign.received': ({ received, refused }) =>
    `Acquis d’une session reçus : ${count(received, 'ligne')}, dont ${count(refused, 'refusée')}`,
  'campaign.pause': 'Lot mis en pause',
  'campaign.resume': 'Lot repris',
  'campaign.cancel': 'Lot annulé',
  'client.created': 'Accès de machine créé',
  'client.rotated': 'Secret d’un accès de machine remplacé',
  'client.revoked': 'Accès de machine révoqué',
  'consent.given': 'Affichage du nom sur un badge accepté',
  'consent.withdrawn': 'Affichage du nom sur un badge retiré',
  'credential.revoked': 'Badge révoqué',
  'credential.suspended': 'Badge suspendu',
  'credential.restored': 'Suspension d’un badge levée',
  'credentials.issued': ({ issued, refused }) =>
    `Badges délivrés : ${Number(issued)}${Number(refused) > 0 ? `, et ${count(refused, 'ligne mise', 'lignes mises')} de côté` : ''}`,
  'credentials.listed': ({ rows }) => `Liste des badges délivrés consultée : ${count(rows, 'badge')}`,
  'data.exported': 'Données personnelles exportées par leur titulaire',
  'journal.read': 'Journal consulté',
  'key.rotated': 'Clé de signature remplacée',
  'network.created': 'Réseau créé',
  'network.member_added': 'Membre ajouté à un réseau',
  'network.member_removed': 'Membre retiré d’un réseau',
  'network.badge_shared': 'Badge partagé par un réseau',
  'network.badge_unshared': 'Badge retiré du partage d’un réseau',
  'organisation.registered': 'Organisme inscrit',
  'organisation.requested': 'Approbation demandée à nouveau',
  'organisation.approved': 'Organisme approuvé',
  'organisation.refused': 'Organisme refusé',
  'organisation.suspended': 'Organisme suspendu',
  'organisation.reinstated': 'Organisme rétabli',
  'organisation.fact_recorded': 'Renseignement sur l’organisme enregistré',
  'person.address_asked': 'Ajout d’une adresse demandé',
  'person.address_added': 'Adresse ajoutée',
  'person.address_removed': 'Adresse retirée',
  'person.merged': 'Deux dossiers d’une même personne réunis',
  'person.erased': 'Données d’une personne effacées à sa demande',
  'receipts.read': 'Reçus d’un lot consultés',
  'receipts.downloaded': 'Reçus d’un lot téléchargés',
  'retention.applied': 'Données arrivées au bout de leur durée de conservation effacées',
  'session.planned': 'Session planifiée',
  'session.enrolled': ({ asked, enrolled }) =>
    `Inscriptions à une session : ${count(asked, 'personne')} dans l’envoi, ${count(enrolled, 'inscrite')} en tout`,
  'staff.invited': 'Invitation à rejoindre l’équipe envoyée',
  'staff.invitation_withdrawn': 'Invitation à rejoindre l’équipe retirée',
  'staff.joined': 'Invitation acceptée : une personne a rejoint l’équipe',
  'staff.listed': ({ rows }) => `Équipe consultée, avec noms et adresses : ${count(rows, 'personne')}`,
  'staff.removed': 'Une personne a été retirée de l’équipe',
  'token.revoked': 'Jeton révoqué',
  'vault.rotated': 'Clé maîtresse du service remplacée',
}

const count = (given: unknown, one: string, many = `${one}s`): string => {
  const number = Number(given)
  return `${number} ${number > 1 ? many : one}`
}

/** What a line tells; an action that has no sentence yet is told by its code. */
export function sentenceOf(action: string, details: Details): string {
  const sentence = SENTENCES[action] ?? action
  return typeof sentence === 'string' ? sentence : sentence(details)
}

type Authored = { author: string; personId: string | null }

/** Who did it, in words that name nobody: the reader, one of the team, who it is about, a machine. */
export function authorWords({ author, personId }: Authored, reader: string, team: ReadonlySet<string>): string {
  if (author === reader) return 'vous'
  if (author === 'service') return 'le service'
  if (author.startsWith('client:')) return 'un accès de machine'
  if (!author.startsWith('person:')) return 'un jeton d’accès'
  const id = author.slice('person:'.length)
  if (team.has(id)) return 'une personne de l’équipe'
  return id === personId ? 'la personne concernée' : 'une personne habilitée'
}
