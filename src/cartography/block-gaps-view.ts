import { citations, counted, emptyList, scrollTable, tag } from '../web/components.ts'
import { html, longDate } from '../web/html.ts'
import type { BlockGap } from './block-gaps.ts'
import type { Gaps } from './gaps.ts'
import { standing } from './map-words.ts'

/** What blocks do not bring: by the words of the field, then by what métiers ask. */
export function blocksSection({ blocks, modules }: Gaps): string {
  const [field, computed] = (['field', 'metier'] as const).map((basis) => blocks.filter((one) => one.basis === basis))
  const titles = new Map(modules.map((one) => [one.slug, one.title]))
  return html`<section aria-labelledby="blocs">
    <h2 id="blocs">Blocs de certification et terrain</h2>
    <h3>Ce que le terrain dit qu’il manque</h3>
    !${field!.length === 0 ? emptyList('Aucune source de la carte ne le dit.') : fieldTables(field!, titles)}
    <h3>Ce que le métier demande et que la préparation du bloc n’enseigne pas</h3>
    <p>
      Calculé : pour chaque titre, les compétences que demandent les métiers auxquels s’adressent les modules qui
      préparent ses blocs, moins celles que ces modules enseignent. Une autre partie de l’offre peut les enseigner.
    </p>
    !${computed!.length === 0 ? html`<p>Rien : ces modules enseignent tout ce que la carte dit demandé.</p>` : computedTables(computed!, titles)}
  </section>`
}

/** A competence named by its key, leading to its page of the map. */
export const competenceByKey = (key: string, label: string): string =>
  html`<a href="/cartographie/competences/${key.split('/').map(encodeURIComponent).join('/')}">${label}</a>`

type Titles = Map<string, string>

/** The needs of each block, under its name. */
const fieldTables = (gaps: BlockGap[], titles: Titles): string =>
  html`!${[...Map.groupBy(gaps, (one) => `${one.certification} ${one.block}`).values()].map((all) => {
    const needs = [...Map.groupBy(all, (one) => one.need).values()]
    return scrollTable(
      `Besoins du terrain : ${blockName(all[0]!)}`,
      html`<table>
        <caption>
          ${blockName(all[0]!)}
        </caption>
        <thead>
          <tr>
            <th scope="col">Ce qui manque, selon la source</th>
            <th scope="col">Nos compétences qui y répondent, et ce qui les enseigne</th>
            <th scope="col">Source</th>
          </tr>
        </thead>
        <tbody>
          !${needs.map((one) => fieldRow(one, titles))}
        </tbody>
      </table>`,
    )
  })}`

const blockName = ({ certificationTitle, block, validTo }: BlockGap): string =>
  `${certificationTitle}, ${block}${validTo === null ? '' : `, enregistré jusqu’au ${longDate(validTo)}`}`

function fieldRow(all: BlockGap[], titles: Titles): string {
  const { need, source, note, status } = all[0]!
  return html`<tr>
    <th scope="row">${need}</th>
    <td>
      !${all.map((one) => (one.competence === null ? html`<p>Aucune ne répond à cette critique.</p>` : html`<p>!${answerView(one, titles)}</p>`))}
    </td>
    <td>
      !${status === 'computed' ? tag('calculé') : standing(status)} ${citations(source).join(' ; ')}
      !${note === null ? '' : html`<small class="block">${note}</small>`}
    </td>
  </tr>`
}

const answerView = (gap: BlockGap, titles: Titles): string =>
  html`!${competenceByKey(gap.competence!, gap.label!)} : ${answerWords(gap, titles)}`

/** The modules by their titles, the shortest published length, and the blocks that bear on it. */
function answerWords({ modules, hours, certifiedBy }: BlockGap, titles: Titles): string {
  if (modules.length === 0) return 'aucun module ne l’enseigne au niveau demandé'
  const named =
    modules.length > 2 ? counted(modules.length, 'module') : modules.map((slug) => titles.get(slug)!).join(', ')
  const length = hours === null ? 'durée non précisée par la source' : `${counted(hours, 'heure')} au moins`
  return `${named} (${length}) ; ${certifiedBy.length === 0 ? 'aucun bloc connu ne porte dessus' : `bloc ${certifiedBy.join(', ')}`}`
}

const computedTables = (gaps: BlockGap[], titles: Titles): string =>
  html`!${[...Map.groupBy(gaps, ({ certification, metier }) => `${certification} ${metier}`).values()].map((all) => {
    return html`<details>
      <summary>${blockName(all[0]!)} : ${counted(all.length, 'compétence')} pour « ${all[0]!.need} »</summary>
      <ul>
        !${all.map((one) => html`<li>!${answerView(one, titles)}</li>`)}
      </ul>
    </details>`
  })}`
