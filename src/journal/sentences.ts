type Details = Record<string, unknown>

/** Each action of the journal, as a French sentence without its author; numbers come from the details of the line. */
const SENTENCES: Record<string, string | ((details: Details) => string)> = {
  'application.allowed': 'Accès donné à une application',
  'application.ended': 'Accès d’une application terminé',
  'host.linked': 'Autre hôte de badges relié',
  'host.left': 'Autre hôte de badges quitté',
  'host.sent': 'Badge envoyé à un autre hôte',
  'profile.changed': 'Profil lu par les applications changé',
  'attestation.read': 'Attestation de fin de formation consultée par l’organisme, avec le nom',
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
  'statistics.ordered': () => 'Publication d’une édition des statistiques demandée',
  'statistics.provisional_read': 'Chiffres provisoires consultés',
  'statistics.published': () => 'Édition des statistiques publiée',
  'statistics.refused': () => 'Publication d’une édition des statistiques refusée',
  'cartography.released': ({ number }) => `Édition ${String(number)} de la cartographie publiée`,
  'client.created': 'Accès de machine créé',
  'client.rotated': 'Secret d’un accès de machine remplacé',
  'client.revoked': 'Accès de machine révoqué',
  'content.imported': ({ added, removed, changed }) =>
    `Fichier du contenu importé : ${count(added, 'entrée nouvelle', 'entrées nouvelles')}, ${count(removed, 'retirée')}, ${count(changed, 'changée')}`,
  'content.withdrawn': 'Fichier du contenu importé retiré : celui du projet est de nouveau en vigueur, s’il y en a un',
  'consent.given': 'Affichage du nom sur un badge accepté',
  'consent.withdrawn': 'Affichage du nom sur un badge retiré',
  'conseillers.lateness_listed': ({ rows }) =>
    `Retards de formation continue consultés, avec noms et adresses : ${count(rows, 'personne')}`,
  'conseillers.training_read': 'Formation d’une conseillère ou d’un conseiller consultée par son employeur',
  'contract.recorded': 'Contrat de conseillère ou conseiller numérique déclaré',
  'contract.ended': 'Fin d’un contrat enregistrée',
  'contract.commitment_attached': 'Engagement de formation de l’employeur joint à un contrat',
  'contracts.listed': ({ rows }) => `Contrats consultés, avec noms et adresses : ${count(rows, 'contrat')}`,
  'credential.revoked': 'Badge révoqué',
  'credential.suspended': 'Badge suspendu',
  'credential.read': 'Badge délivré consulté, avec le nom de la personne',
  'credential.restored': 'Suspension d’un badge levée',
  'credentials.issued': ({ issued, refused }) =>
    `Badges délivrés : ${Number(issued)}${Number(refused) > 0 ? `, et ${count(refused, 'ligne mise', 'lignes mises')} de côté` : ''}`,
  'credentials.listed': ({ rows }) => `Liste des badges délivrés consultée : ${count(rows, 'badge')}`,
  'data.exported': 'Données personnelles exportées par leur titulaire',
  'evidence.deposited': 'Fichier de preuve déposé avec un badge',
  'evidence.shown': 'Fichier de preuve montré sur la page d’un badge',
  'evidence.hidden': 'Fichier de preuve masqué',
  'evidence.deleted': 'Fichier de preuve supprimé',
  'evidence.read': 'Fichier de preuve masqué consulté par l’organisme qui l’a déposé',
  'habilitation.granted': 'Habilitation accordée',
  'habilitation.lapsed': 'Habilitation suspendue',
  'habilitation.restored': 'Cause de suspension d’une habilitation levée',
  'habilitation.ended': 'Habilitation retirée',
  'habilitation.inactivity_warned': 'Suspension prochaine pour inactivité annoncée',
  'habilitation.activity_noted': ({ received, noted }) =>
    `Activité sur Aidants Connect reçue : ${count(received, 'ligne')}, dont ${count(noted, 'nouvelle')}`,
  'endorsement.asked': 'Recommandation demandée',
  'endorsement.cancelled': 'Demande de recommandation retirée',
  'endorsement.refused': 'Demande de recommandation déclinée par l’organisme sollicité',
  'endorsement.given': 'Recommandation donnée',
  'endorsement.accepted': 'Recommandation acceptée : elle est publique',
  'endorsement.declined': 'Recommandation non affichée',
  'endorsement.withdrawn': 'Recommandation retirée par l’organisme qui l’avait donnée',
  'expiry.reminded': ({ badges, people }) =>
    `Rappels de fin de validité : ${count(badges, 'badge')}, ${count(people, 'message')}`,
  'habilitation_request.created': 'Habilitation d’une personne demandée',
  'habilitation_request.decided': ({ from, status }) =>
    `Décision sur la demande d’une personne : ${String(from)} → ${String(status)}`,
  'habilitation_request.read': 'Demande d’une personne consultée',
  'habilitation_requests.exported': 'Demandes de personnes exportées, avec noms et adresses',
  'habilitation_requests.imported': ({ received, created }) =>
    `Demandes reprises d’un autre système : ${count(received, 'ligne')}, dont ${count(created, 'nouvelle')}`,
  'habilitation_requests.listed': ({ rows }) =>
    `Demandes de personnes consultées, avec noms et adresses : ${count(rows, 'demande')}`,
  'habilitation.registered': ({ state }) =>
    state === 'waiting' ? 'Mise sur la liste d’attente d’une formation' : 'Inscription à une formation',
  'habilitation.formation_noted': 'Formation notée comme finie par l’équipe Aidants Connect',
  'habilitation.webinar_read': ({ rows }) => `Webinaire des référents consulté : ${count(rows, 'personne')}`,
  'initial_trainings.received': ({ received, refused }) =>
    `Formations initiales reçues : ${count(received, 'ligne')}, dont ${count(refused, 'refusée')}`,
  'initial_trainings.listed': ({ rows }) =>
    `Formations initiales consultées, avec noms et adresses : ${count(rows, 'formation')}`,
  'journal.read': 'Journal consulté',
  'key.rotated': 'Clé de signature remplacée',
  'need.declared': 'Besoins de formation déclarés',
  'need.withdrawn': 'Besoins de formation retirés et effacés',
  'vc_api.issued': 'Attestation signée par l’interface VC-API',
  'vc_api.status_changed': ({ purpose, set }) =>
    `Attestation de l’interface VC-API ${purpose === 'revocation' ? 'révoquée' : set ? 'suspendue' : 'rétablie'}`,
  'network.created': 'Réseau créé',
  'network.member_added': 'Membre ajouté à un réseau',
  'network.member_removed': 'Membre retiré d’un réseau',
  'network.badge_shared': 'Badge partagé par un réseau',
  'network.badge_unshared': 'Badge retiré du partage d’un réseau',
  'organisation_request.amended': 'Demande d’une structure modifiée',
  'organisation_request.created': 'Demande d’une structure ouverte',
  'organisation_request.decided': ({ from, status }) =>
    `Décision sur la demande d’une structure : ${String(from)} → ${String(status)}`,
  'organisation_request.read': 'Demande d’une structure consultée',
  'organisation_requests.exported': 'Demandes de structures exportées',
  'organisation_requests.listed': ({ rows }) => `Demandes de structures consultées : ${count(rows, 'demande')}`,
  'organisation.registered': 'Organisme inscrit',
  'organisation.requested': 'Approbation demandée à nouveau',
  'organisation.approved': 'Organisme approuvé',
  'organisation.refused': 'Organisme refusé',
  'organisation.suspended': 'Organisme suspendu',
  'organisation.reinstated': 'Organisme rétabli',
  'organisation.fact_recorded': 'Renseignement sur l’organisme enregistré',
  'own_badge.begun': 'Badge de l’organisme commencé',
  'own_badge.saved': 'Brouillon d’un badge de l’organisme enregistré',
  'own_badge.published': ({ version }) => `Badge de l’organisme publié, version ${String(version)}`,
  'own_badge.withdrawn': 'Badge de l’organisme retiré du catalogue',
  'person.address_asked': 'Ajout d’une adresse demandé',
  'person.address_added': 'Adresse ajoutée',
  'person.address_removed': 'Adresse retirée',
  'person.merged': 'Deux dossiers d’une même personne réunis',
  'person.erased': 'Données d’une personne effacées à sa demande',
  'pix.imported': ({ received, matched, unmatched }) =>
    `Résultats du test Pix importés : ${count(received, 'ligne')}, ${Number(matched)} à des personnes connues, ${Number(unmatched)} à rattacher`,
  'pix.result_matched': 'Résultat du test Pix rattaché à une personne',
  'pix.result_dismissed': 'Résultat du test Pix mis de côté',
  'pix.results_listed': ({ rows }) => `Résultats du test Pix à rattacher consultés : ${count(rows, 'résultat')}`,
  'pix.certification_recorded': 'Certification Pix enregistrée',
  'pix.certifications_read': 'Certifications Pix d’une personne consultées',
  'place.tied': 'Lieu rattaché à la structure : ses preuves sont publiques',
  'place.changed': 'Ce qui est dit d’un lieu changé, ou accord des personnes déclaré à nouveau',
  'place.ended': 'Rattachement d’un lieu fini : ses preuves ne sont plus publiques',
  'positioning.made': 'Positionnement fait',
  'positioning.deleted': 'Positionnement supprimé par la personne qui l’avait fait',
  'positionings.listed': ({ rows }) =>
    `Positionnements consultés, avec noms et adresses : ${count(rows, 'positionnement')}`,
  'proof.declared': 'Preuve déclarée',
  'proof.withdrawn': 'Preuve retirée par sa ou son titulaire',
  'proof.read': 'Preuve consultée',
  'proof.checked': 'Vérification d’une preuve enregistrée',
  'wallet.offered': 'Badge proposé à un portefeuille numérique par sa ou son titulaire',
  'wallet.deposited': 'Badge mis dans un portefeuille numérique',
  'wallet.notified': 'Nouvelles d’un badge données par un portefeuille numérique',
  'wallet.imported': 'Badge d’ailleurs gardé par sa ou son titulaire',
  'wallet.replaced': 'Badge d’ailleurs remplacé par un plus récent',
  'wallet.checked': 'Badge d’ailleurs vérifié de nouveau',
  'wallet.unanswered': 'Badge d’ailleurs : nouvelle vérification sans résultat',
  'wallet.withdrawn': 'Badge d’ailleurs retiré par sa ou son titulaire',
  'equivalence.asked': 'Reconnaissance de badges d’ailleurs demandée',
  'equivalence.refused': 'Reconnaissance de badges d’ailleurs refusée',
  'equivalence.declared': 'Badges d’ailleurs reconnus par l’organisme',
  'equivalence.ended': 'Fin de la reconnaissance de badges d’ailleurs',
  'receipts.read': 'Reçus d’un lot consultés',
  'receipts.downloaded': 'Reçus d’un lot téléchargés',
  'retention.applied': 'Données arrivées au bout de leur durée de conservation effacées',
  'session.planned': 'Session planifiée',
  'session.cancelled': ({ enrolled }) =>
    `Session annulée : ${count(enrolled, 'personne prévenue', 'personnes prévenues')}`,
  'session.enrolled': ({ asked, enrolled, waiting }) =>
    `Inscriptions à une session : ${count(asked, 'personne')} dans l’envoi, ${count(enrolled, 'inscrite')} en tout` +
    (Number(waiting) > 0 ? `, ${Number(waiting)} sur la liste d’attente` : ''),
  'session.enrolment_cancelled': 'Inscription à une session annulée',
  'session.place_given': 'Place libérée donnée à la première personne de la liste d’attente',
  'session.enrolments_read': ({ rows }) => `Inscriptions à une session consultées : ${count(rows, 'personne')}`,
  'session.link_opened': 'Inscriptions par lien à une session ouvertes',
  'session.link_closed': 'Inscriptions par lien à une session fermées',
  'session.link_renewed': 'Lien d’inscription à une session remplacé',
  'session.place_asked': 'Place demandée par le lien d’une session',
  'session.asks_refused': ({ asked }) => `Demandes d’inscription refusées : ${count(asked, 'personne')}`,
  'session.attendance_noted': ({ noted }) => `Présences à une session notées : ${count(noted, 'personne')}`,
  'share.created': ({ badges }) => `Lien de partage créé : ${count(badges, 'badge')}`,
  'share.withdrawn': 'Lien de partage retiré',
  'staff.invited': 'Invitation à rejoindre l’équipe envoyée',
  'staff.invitation_withdrawn': 'Invitation à rejoindre l’équipe retirée',
  'staff.joined': 'Invitation acceptée : une personne a rejoint l’équipe',
  'staff.listed': ({ rows }) => `Équipe consultée, avec noms et adresses : ${count(rows, 'personne')}`,
  'staff.removed': 'Une personne a été retirée de l’équipe',
  'structure.closed': ({ habilitations }) =>
    `Structure fermée : ${count(habilitations, 'habilitation suspendue', 'habilitations suspendues')}`,
  'structure.reopened': ({ habilitations }) =>
    `Structure rouverte : ${count(habilitations, 'habilitation concernée', 'habilitations concernées')}`,
  'token.revoked': 'Jeton révoqué',
  'webhook.created': 'Abonnement d’un outil aux événements créé',
  'webhook.rotated': 'Secret d’un abonnement remplacé',
  'webhook.tried': 'Essai envoyé à un abonnement',
  'webhook.paused': 'Abonnement mis en pause : son destinataire ne répond pas',
  'webhook.resumed': 'Envois d’un abonnement repris',
  'webhook.ended': 'Abonnement fini : son destinataire ne veut plus rien recevoir',
  'webhook.removed': 'Abonnement supprimé',
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
