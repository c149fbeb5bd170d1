import { html, type Page } from '../web/html.ts'
import type { Edition } from './editions.ts'
import { periodWords, toldOf } from './editions-view.ts'
import { type Asked, heatMap, statusWords } from './heat-map.ts'
import type { Part } from './parts.ts'
import { partView } from './part-view.ts'
import { CROSSINGS, kindParts, type Shown } from './sections.ts'

type Opened = { edition: Edition; shown: Shown; asked: readonly Asked[]; baseUrl: string }

/** Every part of the page of crossings. */
export const crossingParts = (shown: Shown, asked: readonly Asked[]): Part[] => [
  ...[heatMap(asked)].filter((one) => one !== null),
  ...CROSSINGS.flatMap((kind) => kindParts(kind, shown)),
]

/** The two tables that are too wide for the page of their edition: métier by competence, and competence by public. */
export async function crossingsPage({ edition, shown, asked, baseUrl }: Opened): Promise<Page> {
  const path = `/statistiques/${edition.edition}`
  const [heat, ...others] = crossingParts(shown, asked)
  return {
    title: `Métiers et compétences, ${periodWords(edition)}`,
    canonical: `${baseUrl}${path}/croisements`,
    image: `${baseUrl}/apercu.png`,
    body: html`<p class="up"><a href="${path}">Chiffres ${periodWords(edition)}</a></p>
      <h1>Métiers et compétences, ${periodWords(edition)}</h1>
      <p>
        Une case est d’autant plus foncée que le nombre est grand. Vide, elle n’est pas demandée ; à zéro, aucun badge
        ne la montre ; hachurée, le nombre est secret.
      </p>
      <p class="remark">
        ● essentielle, ○ utile, · demandée sans dire combien. ${statusWords(asked)} Le nombre est celui des badges
        délivrés qui montrent la compétence, quel que soit le métier de la personne, qui n’est pas connu.
      </p>
      !${heat ? await partView(heat, toldOf(edition, heat), 2) : ''}
      !${await Promise.all(others.map((one) => partView(one, toldOf(edition, one), 2)))}`,
  }
}
