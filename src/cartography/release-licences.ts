/** A licence: its SPDX name, where its text is, and how the authority of the EU names it when it does. */
export type Licence = { name: string; title: string; path: string; authority?: string }

const EU = 'http://publications.europa.eu/resource/authority/licence'

const LICENCES: Record<string, Licence> = {
  'Licence Ouverte 2.0': {
    name: 'etalab-2.0',
    title: 'Licence Ouverte 2.0 (Etalab)',
    path: 'https://www.etalab.gouv.fr/wp-content/uploads/2017/04/ETALAB-Licence-Ouverte-v2.0.pdf',
  },
  'CC BY 4.0': {
    name: 'CC-BY-4.0',
    title: 'Creative Commons Attribution 4.0',
    path: 'https://creativecommons.org/licenses/by/4.0/',
    authority: `${EU}/CC_BY_4_0`,
  },
  'CC BY-SA 4.0': {
    name: 'CC-BY-SA-4.0',
    title: 'Creative Commons Attribution, partage dans les mêmes conditions 4.0',
    path: 'https://creativecommons.org/licenses/by-sa/4.0/',
    authority: `${EU}/CC_BYSA_4_0`,
  },
}

/** The licence that a source names; null when it names none, or one that is not known here. */
export const licenceOf = (named: string | null): Licence | null => (named === null ? null : (LICENCES[named] ?? null))
