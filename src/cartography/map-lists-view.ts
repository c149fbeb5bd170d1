import { bothForms, STATUS_WORDS } from '../referential/metier-view.ts'
import { count, counted } from '../web/components.ts'
import { html } from '../web/html.ts'
import type { CartographyMap } from './map.ts'
import type { Found } from './map-search.ts'
import { AXIS_WORDS, competenceLink } from './map-words.ts'

/** The métiers, roles and schemes found, apart, each with how many competences it asks. */
export function metierLists(map: CartographyMap, metiers: Found['metiers']): string {
  if (metiers.length === 0) return ''
  const sections = Object.entries({ metier: 'Métiers', role: 'Fonctions', scheme: 'Dispositifs' }).map(
    ([kind, title]) => {
      const some = metiers
        .filter((one) => one.kind === kind)
        .toSorted((a, b) => a.label.feminine.localeCompare(b.label.feminine, 'fr'))
      return some.length === 0
        ? ''
        : html`<h3>${title}</h3>
            <ul class="columns">
              !${some.map((one) => metierItem(map, one))}
            </ul>`
    },
  )
  return html`<section aria-labelledby="metiers">
    <h2 id="metiers">Métiers, fonctions et dispositifs</h2>
    !${sections}
  </section>`
}

function metierItem({ requirements, competences, metiers }: CartographyMap, metier: Found['metiers'][number]): string {
  const keys = new Set(requirements.filter((one) => one.metier === metier.slug).map((one) => one.competence))
  const asked = competences.filter((one) => keys.has(one.key))
  const digital = asked.filter((one) => one.axis === 'digital').length
  const funded = metiers.find((one) => one.slug === metier.scheme_of)
  const words = [
    asked.length > digital && `${count(asked.length - digital)} du métier`,
    digital > 0 && counted(digital, 'numérique'),
  ].filter(Boolean)
  return html`<li>
    <a href="/cartographie/metiers/${metier.slug}">${bothForms(metier)}</a>
    !${STATUS_WORDS[metier.status] === null ? '' : html`<span class="mark">${STATUS_WORDS[metier.status]}</span>`}
    !${funded ? html`<small>finance des postes : ${bothForms(funded)}</small>` : ''}
    !${words.length === 0 ? '' : html`<small>compétences demandées : ${words.join(' et ')}</small>`}
  </li>`
}

/** The competences found, by axis and framework, each with how many ask it. */
export function competenceLists(map: CartographyMap, competences: Found['competences']): string {
  if (competences.length === 0) return ''
  const asking = Map.groupBy(map.requirements, (one) => one.competence)
  const item = (one: Found['competences'][number]): string => {
    const many = asking.get(one.key)?.length ?? 0
    return html`<li>
      !${competenceLink(one)}
      !${many === 0 ? '' : html`<small>demandée par ${counted(many, 'métier ou fonction', 'métiers ou fonctions')}</small>`}
    </li>`
  }
  const byFramework = (axis: string) =>
    [
      ...Map.groupBy(
        competences.filter((one) => one.axis === axis),
        (one) => `${one.framework}/${one.version}`,
      ),
    ].map(([key, some]) => {
      const title = map.frameworks.find((one) => `${one.framework}/${one.version}` === key)?.title.fr ?? key
      return html`<details>
        <summary>${title} <small>${counted(some.length, 'compétence')}</small></summary>
        <ul class="plain map-list">
          !${some.map(item)}
        </ul>
      </details>`
    })
  return html`<section aria-labelledby="competences">
    <h2 id="competences">Compétences</h2>
    !${Object.entries(AXIS_WORDS).map(([axis, words]) => {
      const some = byFramework(axis)
      return some.length === 0
        ? ''
        : html`<h3>${words}</h3>
            !${some}`
    })}
  </section>`
}
