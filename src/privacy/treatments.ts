/** What is done with personal data, for what, on which basis, and who sees it. */
export type Treatment = { name: string; purpose: string; basis: string; data: string; seen: string; kept: string }

/** The entries of the register (GDPR article 30). */
export const TREATMENTS: Treatment[] = [
  {
    name: 'Délivrer des badges',
    purpose: 'Attester ce qu’une personne a montré à l’issue d’une formation, et savoir plus tard si le badge tient.',
    basis:
      'Exécution de la formation suivie ou mission d’intérêt public de l’organisme qui délivre : il en répond et le précise à ses stagiaires.',
    data: 'Adresse électronique, prénom, nom, session suivie, date, compétences et niveaux, commentaire et adresse d’une preuve si l’organisme en donne.',
    seen: 'L’organisme qui délivre ; la personne ; à qui la personne remet son badge. La page publique du badge ne montre un nom que si la personne l’a choisi.',
    kept: 'Jusqu’à l’effacement demandé ; voir les durées pour la copie de travail des preuves.',
  },
  {
    name: 'S’inscrire à une session par lien ou code QR',
    purpose: 'Laisser une personne demander une place dans une session, que l’organisme confirme ou refuse.',
    basis: 'Demande de la personne.',
    data: 'Prénom, nom, adresse électronique, jour de la demande, scellés.',
    seen: 'L’organisme qui tient la session.',
    kept: 'Jusqu’à la décision ; confirmée, la demande devient une inscription ; sans réponse, voir les durées.',
  },
  {
    name: 'Habiliter avec Aidants Connect',
    purpose:
      'Instruire la demande d’une structure, suivre la formation et le test Pix de ses aidantes et aidants, et dire à tout moment si leur habilitation vaut.',
    basis:
      'Mission d’intérêt public de l’organisme qui habilite ; pour la structure, son intérêt légitime à faire habiliter son équipe.',
    data: 'Adresse professionnelle, prénom, nom, profession, structure ; inscriptions et présences en formation ; date et score du test Pix, certification Pix et son code ; décisions et leurs motifs ; dernier jour vu sur Aidants Connect.',
    seen: 'La personne ; la référente ou le référent de sa structure ; l’équipe qui instruit ; l’organisme de formation pour ses sessions. La page publique du badge dit la cause d’une suspension, jamais le motif écrit.',
    kept: 'Jusqu’à l’effacement demandé ; les demandes refusées ou annulées, voir « personnes sans activité » dans les durées.',
  },
  {
    name: 'Suivre la formation des conseillères et conseillers numériques',
    purpose: 'Savoir quelles formations sont dues, faites ou en retard, et si l’employeur s’y est engagé.',
    basis: 'Mission d’intérêt public du dispositif ; exécution du contrat de travail pour l’employeur.',
    data: 'Identité, type et dates du contrat, engagement de l’employeur, formation initiale et modules suivis, observations.',
    seen: 'La personne ; l’employeur pour le contrat qu’il a déclaré et les formations pendant ce contrat ; l’organisme de formation pour ce qu’il a envoyé.',
    kept: 'Jusqu’à l’effacement demandé.',
  },
  {
    name: 'Garder ce qu’une personne tient d’ailleurs',
    purpose: 'Réunir diplômes, certifications, blocs et apprentissages, chacun avec qui l’a vérifié et comment.',
    basis: 'Demande de la personne, qui déclare et retire ce qu’elle veut.',
    data: 'Intitulé, date, organisme, précisions, adresse d’une pièce ; ce qu’un organisme a vu en vérifiant.',
    seen: 'La personne ; l’organisme à qui elle donne l’identifiant d’une preuve.',
    kept: 'Jusqu’au retrait par la personne, ou l’effacement demandé.',
  },
  {
    name: 'Garder des fichiers de preuve avec un badge',
    purpose:
      'Montrer ce qui a été vu ou fait pour obtenir un badge, et permettre de vérifier que le fichier est bien celui déposé.',
    basis: 'Demande de la personne pour ses fichiers ; exécution de la formation pour ceux de l’organisme qui délivre.',
    data: 'Le fichier (PDF, image ou texte, 5 Mo au plus), son nom, ce qu’il montre, son empreinte ; le tout scellé. Des images, le lieu, l’appareil et la date sont retirés.',
    seen: 'La personne ; l’organisme, pour les fichiers qu’il a déposés ; tout le monde, pour les fichiers que la personne choisit de montrer, tant qu’elle le choisit.',
    kept: 'Jusqu’à la suppression par la personne, ou l’effacement demandé.',
  },
  {
    name: 'Recommander un badge',
    purpose: 'Faire dire par un autre organisme, avec sa signature, ce qu’il sait de ce qu’un badge atteste.',
    basis: 'Demande de la personne, qui choisit à qui la faire et ce qui s’affiche.',
    data: 'Le mot joint à la demande, le lien donné, la recommandation reçue ; le tout scellé. Le mot et le lien sont oubliés dès la réponse.',
    seen: 'La personne ; l’organisme à qui elle le demande, ou qui reçoit son lien, sans son nom. Tout le monde, pour les recommandations qu’elle accepte, tant qu’elle le choisit.',
    kept: 'Jusqu’à l’effacement demandé ; une demande sans suite, voir les durées.',
  },
  {
    name: 'Garder des badges d’ailleurs',
    purpose: 'Réunir les badges numériques que d’autres ont délivrés, chacun avec la façon dont il a été vérifié.',
    basis: 'Demande de la personne, qui les ajoute et les retire quand elle veut.',
    data: 'Le badge lui-même, d’où il vient, ses vérifications ; le tout scellé. À part : qu’une reconnaissance a été demandée.',
    seen: 'La personne, et qui reçoit d’elle un lien de partage ou un CV où elle l’a mis. Pour vérifier, le site de l’émetteur est interrogé, à l’ajout puis tous les 30 jours, sans dire pour qui. Une demande de reconnaissance montre aux organismes le nom du badge, son émetteur, ses critères, et combien de personnes demandent ; jamais qui.',
    kept: 'Jusqu’au retrait par la personne, ou l’effacement demandé.',
  },
  {
    name: 'Positionner une personne',
    purpose: 'Trouver le parcours et les heures qu’il faut à une personne, et pouvoir dire plus tard pourquoi.',
    basis:
      'Demande de la personne ; pour un organisme de formation, exécution de la formation, qu’il doit adapter à ses stagiaires.',
    data: 'But visé, compétences et niveaux, badges et titres qui comptent, parcours conseillé, commentaire ; prénom, nom et adresse donnés par l’organisme. Le tout scellé.',
    seen: 'La personne ; l’organisme, pour les positionnements qu’il a faits.',
    kept: 'Voir les durées ; la personne supprime les siens quand elle veut.',
  },
  {
    name: 'Compter les besoins de formation',
    purpose: 'Savoir quelles formations manquent, à qui et où, par des nombres qui ne désignent personne.',
    basis: 'Consentement de la personne, qui répond si elle veut et retire ses réponses quand elle veut.',
    data: 'En tant que qui la personne répond, département si elle le donne, réponse à chaque thème, jour.',
    seen: 'La personne. Seuls des nombres sont publiés ; les petits sont retenus.',
    kept: 'Jusqu’au retrait, à l’effacement demandé, ou voir les durées. Les nombres déjà publiés restent.',
  },
  {
    name: 'Montrer ses badges par un lien',
    purpose: 'Laisser une personne montrer à d’autres les badges qu’elle choisit, le temps qu’elle décide.',
    basis: 'Demande de la personne, qui crée le lien et le retire quand elle veut.',
    data: 'Badges choisis, fin du lien, pour qui (mots de la personne, scellés) ; son nom et ses habilitations si elle l’a choisi.',
    seen: 'À qui la personne donne le lien, sauf « pour qui » qu’elle seule lit. Les lectures ne sont pas notées.',
    kept: 'Voir les durées.',
  },
  {
    name: 'Mettre un badge dans un portefeuille numérique',
    purpose:
      'Laisser une personne garder ses badges dans l’application de son choix, liés à une clé que cette application tient.',
    basis: 'Demande de la personne, qui choisit chaque badge et le portefeuille.',
    data: 'Le badge, signé avec l’identifiant de la clé du portefeuille ; ici ne restent que le badge, la date, la forme, le nom que le portefeuille se donne et ce qu’il en dit. La clé n’est pas gardée.',
    seen: 'La personne ; le portefeuille qu’elle choisit.',
    kept: 'La liste de ce qui a été mis où : jusqu’à l’effacement demandé. Les propositions : voir les durées.',
  },
  {
    name: 'Vérifier un badge',
    purpose: 'Dire à qui a reçu un badge s’il est valable.',
    basis: 'Intérêt légitime de la personne qui vérifie et de celle qui présente le badge.',
    data: 'Le badge déposé, et le nom ou l’adresse tapés pour les comparer.',
    seen: 'Personne d’autre : rien n’est gardé.',
    kept: 'Le temps de la réponse. Seul reste le nombre des verdicts de chaque mois, qui ne dit rien du badge ni de personne.',
  },
  {
    name: 'Se connecter',
    purpose: 'Ouvrir à chaque personne ce qui la concerne, et à elle seule.',
    basis: 'Exécution du service demandé.',
    data: 'Adresse électronique, dates de connexion ; avec ProConnect, l’identifiant donné par le fournisseur et le SIRET de l’employeur.',
    seen: 'La personne.',
    kept: 'Voir les durées.',
  },
  {
    name: 'Administrer les organismes',
    purpose: 'Savoir qui agit pour quel organisme, inviter, retirer un accès.',
    basis: 'Intérêt légitime de l’organisme ; exécution du service demandé.',
    data: 'Adresse électronique, rôle, dates, qui l’a donné.',
    seen: 'Les administratrices et administrateurs de l’organisme ; l’exploitant.',
    kept: 'Rôles : gardés, même terminés, pour répondre de qui pouvait faire quoi. Invitations : voir les durées.',
  },
  {
    name: 'Envoyer des messages',
    purpose:
      'Porter un lien de connexion, une invitation, une preuve d’adresse, le rappel d’un badge qui expire, une place de formation libérée ou une session annulée.',
    basis: 'Exécution du service demandé.',
    data: 'Adresse électronique et texte du message, scellés, effacés dès l’envoi.',
    seen: 'Le serveur de courriel choisi par l’exploitant.',
    kept: 'Voir les durées.',
  },
  {
    name: 'Tenir le journal',
    purpose: 'Pouvoir montrer qui a fait quoi, et quand.',
    basis: 'Obligation de sécurité (RGPD, article 32) et intérêt légitime.',
    data: 'Identifiants techniques, action, date, raison. Ni nom, ni adresse.',
    seen: 'L’exploitant ; chaque organisme pour ce qui le concerne.',
    kept: 'Sans limite.',
  },
]
