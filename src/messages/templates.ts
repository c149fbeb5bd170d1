/** A message as written for a person: sentences, and at most one link to follow. */
export type Letter = { subject: string; paragraphs: string[]; action?: { label: string; url: string } }

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
}

export type MessageKind = keyof typeof TEMPLATES
export type MessageOf<K extends MessageKind> = { to: string; kind: K; values: Parameters<(typeof TEMPLATES)[K]>[0] }
