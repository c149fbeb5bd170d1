import departements from '@etalab/decoupage-administratif/data/departements.json' with { type: 'json' }
import regions from '@etalab/decoupage-administratif/data/regions.json' with { type: 'json' }
import { invalid } from '../errors.ts'

const KNOWN = departements as { code: string; nom: string; region: string; zone: string }[]
const DEPARTEMENTS = new Set(KNOWN.map((one) => one.code))

/** Every département for a list of choices: its code, then its code and its name. */
export const DEPARTEMENT_CHOICES = KNOWN.map(({ code, nom }) => [code, `${code} ${nom}`] as const)

/** The 101 départements with their région, overseas ones too; the other overseas territories are none. */
export const DEPARTEMENTS_OF_REGIONS = KNOWN.filter(({ zone }) => zone !== 'com').map(({ code, nom, region }) => ({
  code,
  name: nom,
  region,
  regionName: regions.find((one) => one.code === region)!.nom,
}))

/** A département's official code, null when none is given. Errors: `departement_unknown`. */
export function knownDepartement(given: string | null | undefined): string | null {
  const departement = given?.trim() || null
  if (departement === null || DEPARTEMENTS.has(departement)) return departement
  throw invalid(
    'departement_unknown',
    `Le code de département « ${departement} » n’existe pas.`,
    'Donnez le code officiel, en gardant le zéro de tête : 01, 2A, 69, 971…',
  )
}
