/** JSON-LD in the words of schema.org, readable without fetching its context. `id` is the address of what is described. */
export const schemaOrg = (type: string, id: string, given: Record<string, unknown>): object => ({
  '@context': { '@vocab': 'https://schema.org/' },
  '@type': type,
  '@id': id,
  url: { '@id': id },
  ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null && value !== undefined)),
})

/** Another thing, by its address. */
export const linkTo = (id: string): object => ({ '@id': id })

type Ref = { framework: string; version: string; code: string }

/** The addresses of competences, for machines. */
export const competenceLinks = (baseUrl: string, refs: readonly Ref[]): object[] =>
  refs.map(({ framework, version, code }) =>
    linkTo(`${baseUrl}/referentiels/${framework}/${version}/${encodeURIComponent(code)}`),
  )

/** The one address of a page, and its image for previews. */
export const shownAs = (baseUrl: string, path: string): { canonical: string; image: string } => ({
  canonical: baseUrl + path,
  image: `${baseUrl}${path}/apercu.png`,
})
