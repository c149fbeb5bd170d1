import { counted } from '../web/components.ts'
import { longDate, monthWords } from '../web/html.ts'
import { type EditionHead, fileUrl, type Made, type Site } from './edition-head.ts'
import { shareWords } from './shares.ts'
import { KINDS, type Table, TABLES } from './tables.ts'

/** How an edition is cited. */
const citationOf = ({ edition, publishedAt }: EditionHead, { baseUrl, publisher }: Site): string =>
  `${publisher}, Chiffres de la médiation numérique, édition ${edition}, ${longDate(publishedAt)}, ${baseUrl}/statistiques/${edition}`

/** `LISEZMOI.md`: what the edition counts, what is withheld and how, its licence, how to check it. */
export function readme({ head, figures, site, wordings }: Made): string {
  const { edition, fromMonth, toMonth, threshold, publishedAt, signer } = head
  const secret = figures.filter((one) => one.count === null).length
  return `# Chiffres de la médiation numérique, édition ${edition}

Période : ${fromMonth === toMonth ? monthWords(toMonth) : `${monthWords(fromMonth)} à ${monthWords(toMonth)}`}, mois compris. Publiée le ${longDate(publishedAt)}.
Source : ${site.publisher}, ses propres actes (badges, habilitations, sessions, réponses, vérifications), à l’adresse ${site.baseUrl}.

Une édition ne change plus. Elle couvre des mois finis, qu’aucune autre édition ne couvre : deux éditions ne se soustraient pas.
Elle paraît une fois sa période finie, sans date fixe ; la suivante sera au catalogue ${site.baseUrl}/donnees.

## Ce qu’il faut savoir

- Chaque ligne se lit seule : édition, période, tableau, unité, population, réserve, territoire, mois, dimensions.
- Nombre vide et « secret » à oui : le nombre est retenu (voir plus bas). Ce n’est ni zéro, ni inconnu.
- Ce qui n’a pas de ligne vaut zéro.
- Le mois vide veut dire « la période entière ».
- « denominateur » est ce sur quoi une part se calcule ; vide, il n’y a pas de part à calculer.
- Les tableaux ne s’additionnent pas entre eux.

## Secret statistique

Un nombre plus petit que ${threshold} pourrait désigner quelqu’un : il est retenu. D’autres le sont avec lui, aussi peu que possible,
pour qu’aucune addition ni soustraction de ce qui est publié ne le rende. Les tableaux qui ne comptent personne (sessions, heures,
places, compétences) ne retiennent rien. Ici : ${counted(figures.length, 'nombre')}, dont ${counted(secret, 'secret')}.

## Tableaux

${KINDS.map((kind) => tableLines(kind, TABLES[kind])).join('\n')}

## Fichiers

- chiffres.csv : RFC 4180, UTF-8. Un texte qui commence par =, +, - ou @ est précédé d’une apostrophe, pour qu’aucun tableur ne
  l’exécute : les deux autres le donnent tel quel.
- chiffres.jsonl : un objet par ligne, sans les dimensions qui ne sont pas du tableau. chiffres.parquet : Apache Parquet. Les mêmes
  lignes, dans le même ordre.
- schema.json : chaque colonne. datapackage.json : les fichiers et leur licence.
- SHA256SUMS : les sommes de contrôle. edition.json : la signature.

## Licence

Nombres et textes d’Insigne : Licence Ouverte 2.0 (Etalab).
${wordings.map((one) => `${one}\n`).join('')}
## Vérifier

Dans le dossier où sont les fichiers, leurs sommes de contrôle :

    sha256sum -c SHA256SUMS

edition.json (${fileUrl(site.baseUrl, edition, 'edition.json')}) est un titre vérifiable (Verifiable Credential 2.0), signé par
${signer.name} (${signer.did}) avec eddsa-rdfc-2022 : il nomme chaque fichier et son empreinte (relatedResource, digestSRI). Tout
vérificateur de titres du W3C le vérifie sans Insigne, puis compare les empreintes.

## Citer

${citationOf(head, site)}
`
}

function tableLines(kind: string, { title, unit, population, caution }: Table): string {
  const share = shareWords(kind as keyof typeof TABLES)
  return [
    `- ${kind} : ${title}. Unité : ${unit}. ${population}.`,
    ...(share ? [`  Part : sur ${share.charAt(0).toLowerCase()}${share.slice(1)}.`] : []),
    ...(caution ? [`  Réserve : ${caution}`] : []),
  ].join('\n')
}
