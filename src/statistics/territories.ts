import { DEPARTEMENTS_OF_REGIONS } from '../organisations/departements.ts'

/** Where no département is known, or at a distance. */
export const NOWHERE = 'DEP-'

/**
 * The territorial hubs of digital inclusion, with the régions that their names or the report give them.
 * Source: Observatoire 2022 de l’inclusion numérique, l.2904-2926 (two waves of calls, 2018 and 2021).
 */
export const HUBS = [
  { code: 'les-assembleurs', name: 'Les Assembleurs', regions: ['32'] },
  { code: 'francil-in', name: 'Francil’IN', regions: ['11'] },
  { code: 'conumm', name: 'Conumm', regions: ['52'] },
  { code: 'hub-lo', name: 'Hub-Lo', regions: ['24'] },
  { code: 'mednum-bfc', name: 'Mednum BFC', regions: ['27'] },
  { code: 'hubik', name: 'Hubik', regions: ['75'] },
  { code: 'hinaura', name: 'Hinaura', regions: ['84'] },
  { code: 'rhinocc', name: 'Rhinocc', regions: ['76'] },
  { code: 'hub-du-sud', name: 'Hub du Sud', regions: ['93'] },
  { code: 'ultranumerique', name: 'UltraNumérique', regions: ['04', '06'] },
  { code: 'antilles-guyane', name: 'Hub Antilles-Guyane', regions: ['01', '02', '03'] },
  { code: 'bretagne', name: 'Hub de Bretagne', regions: ['53'] },
  { code: 'normandie', name: 'Hub de Normandie', regions: ['28'] },
  { code: 'grand-est', name: 'Hub du Grand Est', regions: ['44'] },
  { code: 'corse', name: 'Hub de Corse', regions: ['94'] },
] as const

const REGION_OF = new Map(DEPARTEMENTS_OF_REGIONS.map((one) => [one.code, one.region]))
const REGIONS = new Map(DEPARTEMENTS_OF_REGIONS.map((one) => [one.region, one.regionName]))
const NAMES = new Map([
  ['FR', 'France entière'],
  [NOWHERE, 'Département inconnu, ou à distance'],
  ...Array.from(REGIONS, ([code, name]): [string, string] => [`REG-${code}`, name]),
  ...HUBS.map(({ code, name }): [string, string] => [`HUB-${code}`, `Hub : ${name}`]),
  ...DEPARTEMENTS_OF_REGIONS.map(({ code, name }): [string, string] => [`DEP-${code}`, `${code} ${name}`]),
])

/** `FR`, then each région, each hub, each département and where none is known, with what it is called. */
export const TERRITORIES: ReadonlyMap<string, string> = NAMES

/** What a territory is called; its code for the overseas territories that have no région. */
export const territoryWords = (territory: string): string => NAMES.get(territory) ?? territory.slice(4)

/** `REG-84` of `69`; an overseas territory without a région stands alone under the country. */
export const regionOf = (departement: string): string => `REG-${REGION_OF.get(departement) ?? departement}`

/** How wide a territory is. */
export const widthOf = (territory: string): 'FR' | 'HUB' | 'REG' | 'DEP' =>
  territory === 'FR' ? 'FR' : (territory.slice(0, 3) as 'HUB' | 'REG' | 'DEP')
