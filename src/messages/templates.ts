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
}

export type MessageKind = keyof typeof TEMPLATES
export type MessageOf<K extends MessageKind> = { to: string; kind: K; values: Parameters<(typeof TEMPLATES)[K]>[0] }
