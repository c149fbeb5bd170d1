// Made up: what the documentation of the API shows.
const ORIGIN = 'https://insigne.exemple'
const EDITION = { edition: '2025', fromMonth: '2025-01', toMonth: '2025-12', threshold: 5 }
const HEAD = {
  ...EDITION,
  digest: '5f2d…',
  state: 'published',
  publishedAt: '2026-02-01T09:00:00.000Z',
  page: `${ORIGIN}/statistiques/2025`,
  source: `${ORIGIN}, ses propres actes`,
  licence: 'Licence Ouverte 2.0',
}
const COMPETENCE = {
  kind: 'competence',
  title: 'Par compétence',
  unit: 'badges',
  population: 'Badges délivrés pendant la période, révoqués depuis compris',
  dimensions: [{ dimension: 'competence', title: 'Compétence', codes: null }],
  territories: ['FR', 'REG', 'HUB', 'DEP'],
  monthly: ['FR'],
  isWithheld: true,
  denominator: null,
  caution: 'Une compétence compte tous les badges qui la portent : ces lignes ne s’additionnent pas.',
}

/** What is answered while an edition is prepared. */
export const ORDERED = {
  ...EDITION,
  state: 'preparing',
  organisation: 'organisme-exemple',
  askedAt: '2026-02-01T08:59:00.000Z',
  settledAt: null,
  url: `${ORIGIN}/api/v1/statistics/editions/2025`,
}

/** An edition that is published. */
export const PUBLISHED = {
  ...HEAD,
  signedBy: 'organisme-exemple',
  files: [
    {
      name: 'chiffres.csv',
      title: 'Tous les nombres (CSV, UTF-8)',
      mediaType: 'text/csv; charset=utf-8',
      bytes: 48_213,
      sha256: '9c56…',
      url: `${ORIGIN}/api/v1/statistics/editions/2025/files/chiffres.csv`,
    },
  ],
}

/** Every edition. */
export const EDITIONS = { items: [PUBLISHED], imported: [{ edition: 'observatoire_2022', publisher: 'La Mednum' }] }

/** The tables. */
export const TABLES_EXAMPLE = { items: [COMPETENCE] }

const figure = (territory: string, territoryName: string, count: number | null) => ({
  kind: 'competence',
  of: 'digcomp/3.0/4.2',
  territory,
  territoryName,
  month: '',
  count,
  secret: count === null,
  denominator: null,
  dimensions: [{ dimension: 'competence', code: 'digcomp/3.0/4.2', label: '4.2 Protéger les données personnelles' }],
})

/** A page of figures: `?by=competence,region`. */
export const FIGURES = {
  ...HEAD,
  tables: [COMPETENCE],
  items: [figure('REG-11', 'Île-de-France', 214), figure('REG-94', 'Corse', null)],
  next: null,
}
