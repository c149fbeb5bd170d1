import { capital, counted, emptyList, scrollTable } from '../web/components.ts'
import { html } from '../web/html.ts'
import { competenceByKey } from './block-gaps-view.ts'
import { type CompetenceGap, type Lack, LACKS, type Share } from './competence-gaps.ts'
import { LACK_WORDS } from './gap-tables.ts'
import type { Gaps, GapsAsked } from './gaps.ts'
import { AXIS_WORDS, standing, WEIGHT_WORDS } from './map-words.ts'

/** What each métier asks and what answers to it, then what lacks, then the activities that lack something. */
export function competencesSection({ shares, competences, modules, lists }: Gaps, asked: GapsAsked): string {
  const metiers = shares.filter((one) => one.kind === 'metier')
  const activities = shares.filter((one) => one.kind === 'activity' && one.taught < one.asked)
  const titles = new Map(modules.map((one) => [one.slug, one.title]))
  const listTitles = new Map(lists.map((one) => [one.list, one.title]))
  const known = { titles, listTitles }
  const lost = Map.groupBy(
    competences.filter((one) => one.kind === 'metier'),
    (one) => one.lack,
  )
  const [lacking, none] = [LACKS.filter((lack) => lost.has(lack)), LACKS.filter((lack) => !lost.has(lack))]
  return html`<section aria-labelledby="competences">
    <h2 id="competences">Compétences demandées</h2>
    <p>
      Les liens entre modules et compétences sont proposés par Insigne, sauf mention contraire. Les deux axes ne
      s’additionnent pas.
    </p>
    !${metiers.length === 0 ? emptyList('Aucune source ne dit ce qui est demandé sur cet axe.') : metiersView(metiers)}
    !${lacking.map((lack) => lackView(lack, lost.get(lack)!, known))}
    !${metiers.length === 0 || lacking.length === LACKS.length ? '' : html`<p>Ne concerne aucune compétence : ${none.map((lack) => `« ${LACK_WORDS[lack]} »`).join(' ; ')}.</p>`}
    !${
      asked.metier
        ? ''
        : html`<h3>Activités</h3>
            !${
              activities.length === 0
                ? html`<p>
                    Chaque compétence que prend une activité de la carte est enseignée par un module au moins.
                  </p>`
                : sharesTable('Activités dont une compétence au moins n’est pas enseignée', 'Activité', activities)
            }`
    }
  </section>`
}

/** Open for one métier, folded for all of them. */
function metiersView(shares: Share[]): string {
  const metiers = new Set(shares.map((one) => one.asker)).size
  const label = 'Ce que chaque métier demande, et ce qui y répond'
  return html`<details !${metiers === 1 ? 'open' : ''}>
    <summary>${label} : ${counted(metiers, 'métier ou fonction', 'métiers et fonctions')}</summary>
    !${sharesTable(label, 'Métier ou fonction', shares)}
  </details>`
}

const sharesTable = (label: string, first: string, shares: Share[]): string =>
  scrollTable(
    label,
    html`<table>
      <caption>
        ${label}
      </caption>
      <thead>
        <tr>
          <th scope="col">${first}</th>
          <th scope="col">Axe</th>
          <th scope="col">Enseignées au niveau demandé</th>
          <th scope="col">Avec une session à venir</th>
          <th scope="col">Montrées par un badge</th>
          <th scope="col">Par un module certifiant</th>
        </tr>
      </thead>
      <tbody>
        !${shares.map(({ kind, asker, askerLabel, axis, asked, ...of }) => {
          const share = (value: number): string => `${value} sur ${asked}`
          return html`<tr>
            <th scope="row">
              !${kind === 'metier' ? html`<a href="/cartographie/metiers/${asker}">${askerLabel}</a>` : html`${askerLabel}`}
            </th>
            <td>${AXIS_WORDS[axis]}</td>
            <td>${share(of.taught)}</td>
            <td>${share(of.offered)}</td>
            <td>${share(of.shown)}</td>
            <td>${share(of.certified)}</td>
          </tr>`
        })}
      </tbody>
    </table>`,
  )

type Known = { titles: Map<string, string>; listTitles: Map<string, string> }

/** The competences of which that lacks, each once with the métiers that ask it. */
function lackView(lack: Lack, gaps: CompetenceGap[], known: Known): string {
  const words = capital(LACK_WORDS[lack])
  const byCompetence = [...Map.groupBy(gaps, (one) => `${one.axis} ${one.competence}`).values()]
  return html`<details>
    <summary>${words} : ${counted(byCompetence.length, 'compétence')}</summary>
    !${scrollTable(
      words,
      html`<table>
        <thead>
          <tr>
            <th scope="col">Compétence</th>
            <th scope="col">Demandée par</th>
            <th scope="col">Modules qui l’enseignent</th>
            <th scope="col">Qui le dit</th>
          </tr>
        </thead>
        <tbody>
          !${byCompetence.map((all) => lackRow(all, known))}
        </tbody>
      </table>`,
    )}
  </details>`
}

const MODULES_SHOWN = 3

function lackRow(all: CompetenceGap[], { titles, listTitles }: Known): string {
  const { competence, label, axis, modules, taughtLevel, status } = all[0]!
  const lists = [...new Set(all.flatMap((one) => one.lists))].toSorted()
  const [shown, more] = [modules.slice(0, MODULES_SHOWN), modules.length - MODULES_SHOWN]
  return html`<tr>
    <th scope="row">!${competenceByKey(competence, label)}<small class="block">${AXIS_WORDS[axis]}</small></th>
    <td>!${all.map((one) => html`<span class="block">${askedWords(one)}</span>`)}</td>
    <td>
      !${shown.map((slug) => html`<a class="block" href="/modules/${slug}">${titles.get(slug)!}</a>`)}
      ${more > 0 ? `et ${counted(more, 'autre')}` : ''} ${modules.length === 0 ? 'aucun' : ''}
      ${taughtLevel === null ? '' : `niveau ${taughtLevel} au mieux`}
    </td>
    <td>!${standing(status)} ${lists.map((one) => listTitles.get(one) ?? one).join(' ; ')}</td>
  </tr>`
}

const askedWords = ({ askerLabel, level, importance }: CompetenceGap): string =>
  [askerLabel, level !== null && `niveau ${level}`, importance && WEIGHT_WORDS[importance]].filter(Boolean).join(', ')
