/** How long each thing is kept: the one table that the sweep applies, the register shows and the environment changes. */
export const PERIODS = {
  SIGN_IN_LINKS: {
    what: 'Liens de connexion',
    days: 1,
    from: 'après leur fin de validité (15 minutes)',
    why: 'Un lien expiré n’ouvre plus rien ; un jour laisse le temps de comprendre un refus.',
  },
  WEB_SESSIONS: {
    what: 'Sessions de navigateur',
    days: 30,
    from: 'après leur fin',
    why: 'Retrouver une connexion suspecte signalée dans le mois.',
  },
  INVITATIONS: {
    what: 'Invitations à rejoindre un organisme',
    days: 30,
    from: 'après leur fin de validité, leur acceptation ou leur retrait',
    why: 'Répondre à qui demande pourquoi son invitation n’ouvre plus.',
  },
  SHARES: {
    what: 'Liens par lesquels une personne montre ses badges',
    days: 30,
    from: 'après leur fin ou leur retrait',
    why: 'Un lien fini n’ouvre plus rien ; un mois pour que la personne s’y retrouve dans sa liste.',
  },
  ENDORSEMENTS: {
    what: 'Demandes de recommandation sans suite : sans réponse, déclinées, ou dont la recommandation a été retirée',
    days: 90,
    from: 'après leur fin (60 jours après la demande), la réponse ou le retrait',
    why: 'Laisser voir à qui l’a demandée ce qu’elle est devenue.',
  },
  ENROLMENT_ASKS: {
    what: 'Demandes d’inscription à une session, faites par lien et restées sans réponse, et ces liens',
    days: 30,
    from: 'après la fin de la session (décidée, une demande est effacée aussitôt)',
    why: 'Une session finie ne s’ouvre plus ; un mois pour confirmer qui est venu le dernier jour.',
  },
  MESSAGES: {
    what: 'Traces des courriels envoyés (sorte et date ; le contenu est effacé dès l’envoi)',
    days: 90,
    from: 'après leur création',
    why: 'Établir qu’un message est parti, ou qu’il n’est pas parti.',
  },
  ANSWERS: {
    what: 'Réponses gardées pour les demandes répétées (Idempotency-Key)',
    days: 1,
    from: 'après la demande',
    why: 'Une demande répétée après une coupure reçoit la même réponse, sans second effet.',
  },
  TOKENS: {
    what: 'Jetons d’accès retirés, secrets de machines remplacés, accès d’applications et liaisons finis, propositions de badge à un portefeuille numérique',
    days: 1,
    from: 'après leur fin de validité',
    why: 'Passée leur fin, ils n’ouvrent plus rien.',
  },
  PEOPLE: {
    what: 'Personnes qui n’ont rien obtenu et ne se sont pas manifestées',
    days: 3 * 365,
    from: 'après leur inscription, leur dernière inscription à une session ou leur dernière action',
    why: 'Trois ans sans contact : durée que la CNIL retient pour les personnes restées sans suite.',
  },
  PIX_RESULTS: {
    what: 'Résultats du test Pix que personne n’a pu rapprocher d’une demande, ou mis de côté',
    days: 365,
    from: 'après leur réception',
    why: 'Une demande peut suivre le test de plusieurs mois ; passé un an, l’adresse ne dit plus rien d’utile.',
  },
  POSITIONINGS: {
    what: 'Positionnements : ce qu’une personne savait faire un jour, et le parcours conseillé ce jour-là',
    days: 6 * 365,
    from: 'après le jour du positionnement',
    why: 'Couvre les contrôles d’une action de formation, dont il justifie la durée.',
  },
  NEEDS: {
    what: 'Besoins de formation déclarés',
    days: 3 * 365,
    from: 'après la déclaration',
    why: 'Le temps de publier les chiffres de la période où ils ont été dits ; un besoin plus ancien ne dit plus rien de juste.',
  },
  EVIDENCE: {
    what: 'Copie de travail du commentaire et de l’adresse de la preuve d’un acquis dont le badge est délivré',
    days: 6 * 365,
    from: 'après leur réception',
    why: 'Couvre les contrôles d’une action de formation ; le badge signé garde sa preuve.',
  },
  EVENTS: {
    what: 'Fil des événements lus par les outils (badge, session ou habilitation, par son identifiant ; aucun nom)',
    days: 400,
    from: 'après leur inscription au fil',
    why: 'Un outil arrêté un an retrouve ce qu’il a manqué.',
  },
} as const satisfies Record<string, { what: string; days: number; from: string; why: string }>

export type PeriodName = keyof typeof PERIODS
/** In days, as configured. */
export type Periods = Record<PeriodName, number>
export const PERIOD_NAMES = Object.keys(PERIODS) as PeriodName[]

/** The variable of the environment that changes a period. */
export const periodVariable = (name: PeriodName): string => `RETENTION_${name}_DAYS`
