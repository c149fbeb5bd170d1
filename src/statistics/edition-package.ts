import { licenceOf } from '../cartography/release-licences.ts'
import type { FileInfo, Made } from './edition-head.ts'
import { COLUMNS, type FigureColumn } from './figure-lines.ts'

const TYPES = { string: 'string', whole: 'integer', number: 'number', boolean: 'boolean' } as const

/** `schema.json`, as Table Schema 2.0 (datapackage.org) has it: each column, and what an empty cell means. */
export const tableSchema = () => ({
  $schema: 'https://datapackage.org/profiles/2.0/tableschema.json',
  fields: COLUMNS.map(fieldOf),
  missingValues: [''],
})

const fieldOf = ({ name, title, description, type, required, values }: FigureColumn) => ({
  name,
  title,
  description,
  type: TYPES[type],
  ...(type === 'boolean' && { trueValues: ['oui'], falseValues: ['non'] }),
  ...((required || values) && { constraints: { ...(required && { required }), ...(values && { enum: values }) } }),
})

/** `datapackage.json`, as Data Package 2.0 has it: the figures in each of their forms, their size and their hash. */
export function dataPackage({ head, site, wordings }: Made, data: readonly FileInfo[]) {
  const { edition, fromMonth, toMonth, threshold, publishedAt, signer } = head
  const page = `${site.baseUrl}/statistiques/${edition}`
  const { name, title, path } = licenceOf('Licence Ouverte 2.0')!
  return {
    $schema: 'https://datapackage.org/profiles/2.0/datapackage.json',
    name: `statistiques-${edition}`,
    id: page,
    title: `Chiffres de la médiation numérique, édition ${edition}`,
    description: [
      `Nombres comptés par Insigne, de ${fromMonth} à ${toMonth}. Sous ${threshold}, un nombre est secret (vide), et d’autres avec lui. Ce qui n’a pas de ligne vaut zéro.`,
      ...wordings,
    ].join(' '),
    homepage: page,
    version: edition,
    created: publishedAt.toISOString(),
    contributors: [
      { title: site.publisher, roles: ['publisher'] },
      { title: signer.name, path: signer.did, roles: ['signer'] },
    ],
    licenses: [{ name, title, path }],
    keywords: ['médiation numérique', 'inclusion numérique', 'badges', 'compétences', 'formation'],
    resources: data.map((file) => resourceOf(file)),
  }
}

function resourceOf({ name, title, mediaType, bytes, sha256 }: FileInfo) {
  const format = name.split('.').at(-1)!
  return {
    name: name.replace('.', '-'),
    path: name,
    title,
    type: 'table',
    format,
    mediatype: mediaType.split(';')[0],
    ...(format !== 'parquet' && { encoding: 'utf-8' }),
    ...(format === 'csv' && {
      dialect: { delimiter: ',', lineTerminator: '\r\n', quoteChar: '"', doubleQuote: true, header: true },
    }),
    bytes,
    hash: `sha256:${sha256}`,
    schema: 'schema.json',
  }
}
