import { type Static, Type } from 'typebox'
import { Value } from 'typebox/value'

/** What the public register says of an establishment. */
type RegisterAnswer = { name: string; isOpen: boolean; isQualiopi: boolean; nda: string[]; source: string }

/** The port to the public register of companies. */
export type Register = (siret: string) => Promise<RegisterAnswer | 'unknown' | 'unreachable'>

type Fetch = (url: string, accept: string) => Promise<{ body: Buffer }>

const Establishment = Type.Object({
  siret: Type.String(),
  etat_administratif: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  liste_id_organisme_formation: Type.Optional(Type.Union([Type.Array(Type.String()), Type.Null()])),
})
const Found = Type.Object({
  results: Type.Array(
    Type.Object({
      nom_complet: Type.String(),
      siege: Type.Optional(Establishment),
      matching_etablissements: Type.Optional(Type.Array(Establishment)),
      complements: Type.Optional(
        Type.Object({ est_qualiopi: Type.Optional(Type.Union([Type.Boolean(), Type.Null()])) }),
      ),
    }),
  ),
})

/**
 * The « Recherche d’entreprises » API of the State (no key, about seven requests a second for an address); null where
 * no address is configured: nothing is then asked of anyone.
 */
export const createRegister = (url: string | null, fetch: Fetch): Register | null =>
  url === null ? null : async (siret) => answerOf(await ask(fetch, `${url}/search?q=${siret}&per_page=5`), siret)

async function ask(fetch: Fetch, url: string): Promise<{ found: Static<typeof Found>; url: string } | null> {
  try {
    const found: unknown = JSON.parse((await fetch(url, 'application/json')).body.toString('utf8'))
    return Value.Check(Found, found) ? { found, url } : null
  } catch {
    return null // the guarded fetcher and the parser say why in words that help nobody here
  }
}

function answerOf(answer: Awaited<ReturnType<typeof ask>>, siret: string): Awaited<ReturnType<Register>> {
  if (!answer) return 'unreachable'
  for (const unit of answer.found.results) {
    const places = [...(unit.matching_etablissements ?? []), ...(unit.siege ? [unit.siege] : [])]
    const place = places.find((one) => one.siret === siret)
    if (!place) continue
    return {
      name: unit.nom_complet,
      isOpen: place.etat_administratif === 'A',
      // The register says Qualiopi of the company, not of each of its establishments.
      isQualiopi: unit.complements?.est_qualiopi === true,
      nda: (place.liste_id_organisme_formation ?? []).filter((one) => /^\d{11}$/.test(one)),
      source: `API Recherche d’entreprises, ${new URL(answer.url).host}`,
    }
  }
  return 'unknown'
}
