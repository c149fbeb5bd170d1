import { DEPARTEMENT_CHOICES, DEPARTEMENTS_OF_REGIONS } from '../organisations/departements.ts'
import { filterForm } from '../web/catalogue.ts'
import { sources } from '../web/components.ts'
import { selectField, textField } from '../web/forms.ts'
import { html, longDate, type Page } from '../web/html.ts'
import { blocksSection } from './block-gaps-view.ts'
import type { CompetenceGap, Share } from './competence-gaps.ts'
import { competencesSection } from './competence-gaps-view.ts'
import { GAP_TABLES } from './gap-tables.ts'
import { type Gaps, type GapsAsked, HORIZON } from './gaps.ts'
import { AXIS_WORDS } from './map-words.ts'
import { isLacking } from './territory-gaps.ts'
import { territorySection } from './territory-view.ts'

const PATH = '/cartographie/manques'
const TITLE = 'Manques de l’offre'
const ABOUT =
  'Ce que les métiers demandent et que l’offre ne donne pas : compétences sans module, départements sans session, blocs loin du terrain.'

export type PageAsked = GapsAsked & { jours?: string | undefined }

/** What is missing: figures with what they are counted of, then competences, départements and blocks in full. */
export function gapsPage({ gaps, asked, baseUrl }: { gaps: Gaps; asked: PageAsked; baseUrl: string }): Page {
  const query = new URLSearchParams(
    Object.entries(asked).flatMap(([name, value]) => (value ? [[name, value] as [string, string]] : [])),
  )
  return {
    title: TITLE,
    description: ABOUT,
    canonical: `${baseUrl}${PATH}`,
    image: `${baseUrl}/apercu.png`,
    body: html`<p class="up"><a href="/cartographie">Cartographie</a></p>
      <h1>${TITLE}</h1>
      <p class="lead">${ABOUT}</p>
      !${filterForm(PATH, asked, fields(gaps, asked))} !${summary(gaps)}
      <ul class="formats plain">
        !${GAP_TABLES.map(
          ({ name, title }) =>
            html`<li>
              <a href="${PATH}/${name}.csv${query.size === 0 ? '' : `?${query.toString()}`}">${title} (CSV)</a>
            </li>`,
        )}
      </ul>
      !${competencesSection(gaps, asked)} !${territorySection(gaps, asked)} !${blocksSection(gaps)}
      !${sources(gaps.lists.map((one) => one.source))}`,
  }
}

const fields = ({ metiers }: Gaps, { metier, axe, departement, region, jours }: PageAsked): string[] => {
  const regions = new Map(DEPARTEMENTS_OF_REGIONS.map((one) => [one.region, one.regionName]))
  const ours = new Set(DEPARTEMENTS_OF_REGIONS.map((one) => one.code))
  const byName = (a: readonly [string, string], b: readonly [string, string]): number => a[1].localeCompare(b[1], 'fr')
  return [
    selectField({
      name: 'metier',
      label: 'Métier ou fonction',
      value: metier,
      options: [['', 'Tous'], ...metiers.map((one) => [one.slug, one.label] as const).toSorted(byName)],
    }),
    selectField({
      name: 'axe',
      label: 'Axe',
      value: axe,
      options: [['', 'Les deux, séparément'], ...Object.entries(AXIS_WORDS)],
    }),
    selectField({
      name: 'region',
      label: 'Région',
      value: region,
      options: [['', 'Toutes'], ...[...regions].toSorted(byName)],
    }),
    selectField({
      name: 'departement',
      label: 'Département',
      value: departement,
      options: [['', 'Tous'], ...DEPARTEMENT_CHOICES.filter(([code]) => ours.has(code))],
    }),
    textField({
      name: 'jours',
      label: 'Sessions des prochains jours',
      value: jours || HORIZON,
      type: 'number',
      rules: 'min="1" max="730" required',
    }),
  ]
}

/** The figures, each with what it is counted of; the two axes are told apart. */
function summary({ shares, competences, cells, blocks, horizon }: Gaps): string {
  const asked = competencesOf(shares, competences)
  const everywhere = cells.filter((one) => one.scope === 'all')
  const field = [
    ...Map.groupBy(
      blocks.filter((one) => one.basis === 'field'),
      (one) => one.need,
    ).values(),
  ]
  return html`<ul class="tiles publics">
    <li class="tile">
      <h2>Compétences sans module</h2>
      !${asked.map(({ axis, untaught, of }) => html`<p><strong>${untaught} sur ${of}</strong> : ${AXIS_WORDS[axis].toLowerCase()}</p>`)}
      !${asked.length === 0 ? html`<p>Aucune source ne dit ce qui est demandé.</p>` : ''}
    </li>
    !${
      everywhere.length === 0
        ? ''
        : html`<li class="tile">
            <h2>Départements sans aucune session</h2>
            <p>
              <strong>${everywhere.filter(isLacking).length} sur ${everywhere.length}</strong>, d’ici le
              ${longDate(horizon.until)}
            </p>
          </li>`
    }
    <li class="tile">
      <h2>Besoins du terrain</h2>
      <p>
        <strong
          >${field.filter((all) => all.every((one) => one.modules.length === 0)).length} sur ${field.length}</strong
        >
        sans aucun module qui y réponde
      </p>
      <p>
        <strong
          >${field.filter((all) => all.every((one) => one.certifiedBy.length === 0)).length} sur ${field.length}</strong
        >
        sans certification qui y réponde
      </p>
    </li>
  </ul>`
}

/** How many distinct competences métiers ask on each axis, and how many of them no module teaches. */
function competencesOf(shares: Share[], competences: CompetenceGap[]) {
  return (['professional', 'digital'] as const).flatMap((axis) => {
    const keys = new Set(shares.flatMap((one) => (one.kind === 'metier' && one.axis === axis ? one.competences : [])))
    const lost = competences.filter((one) => one.kind === 'metier' && one.axis === axis && one.lack === 'untaught')
    return keys.size === 0 ? [] : [{ axis, of: keys.size, untaught: new Set(lost.map((one) => one.competence)).size }]
  })
}
