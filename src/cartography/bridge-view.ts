import { bothForms } from '../referential/metier-view.ts'
import { capital, facts, sources } from '../web/components.ts'
import { html, longDate, type Page } from '../web/html.ts'
import { shownAs } from '../web/linked.ts'
import type { Comparison, State } from './bridges.ts'
import { bridgePath, declaredWords, DIRECTION_WORDS } from './bridges-view.ts'
import type { CommonBlock } from './common-blocks.ts'
import { listsView } from './compared-view.ts'
import { hoursView } from './crossing-view.ts'
import type { Crossing } from './crossings.ts'
import type { CartographyMap } from './map.ts'
import { AXIS_WORDS, standing } from './map-words.ts'

const STATE_WORDS: Record<State, readonly [one: string, many: string]> = {
  shared: ['commune', 'communes'],
  raise: ['niveau à monter', 'niveaux à monter'],
  near: ['proche seulement', 'proches seulement'],
  missing: ['à acquérir', 'à acquérir'],
  unknown: ['inconnue au départ', 'inconnues au départ'],
}
const STATES = Object.keys(STATE_WORDS) as State[]

type Shown = {
  map: CartographyMap
  comparison: Comparison
  crossing: Crossing | null
  blocks: CommonBlock[]
  baseUrl: string
}

/** From a métier to another: what is shared, what is to be learnt and in how many hours, the blocks that serve both. */
export function bridgePage({ map, comparison, crossing, blocks, baseUrl }: Shown): Page {
  const [from, to] = [comparison.from.metier, comparison.to.metier]
  const title = `${bothForms(from)} vers ${bothForms(to)}`
  return {
    title,
    description: 'Compétences communes et à acquérir d’un métier à l’autre, et le plus court parcours du catalogue.',
    canonical: shownAs(baseUrl, bridgePath(from, to)).canonical,
    image: `${baseUrl}/apercu.png`,
    body: html`<p class="up"><a href="/cartographie/passerelles?de=${from.slug}">Les autres passerelles</a></p>
      <p class="kind">Passerelle</p>
      <h1>${title}</h1>
      !${ends(comparison)} !${sharedView(comparison)} !${comparison.known ? hoursView(comparison, crossing) : ''}
      !${comparison.known ? listsView(comparison) : ''} !${blocksView(comparison, blocks)}
      <ul class="actions plain">
        <li><a href="${bridgePath(to, from)}">Le chemin inverse : ${bothForms(to)} vers ${bothForms(from)}</a></li>
        !${comparison.to.asked.length === 0 ? '' : html`<li><a href="${planPath(comparison)}">Calculer mon parcours vers ce métier</a></li>`}
        <li><a href="/metiers/${from.slug}">${bothForms(from)}</a></li>
        <li><a href="/metiers/${to.slug}">${bothForms(to)}</a></li>
      </ul>
      !${listsUsed(map, comparison)}`,
  }
}

/** The form of the planner, with what is shared already ticked. */
function planPath({ to, competences }: Comparison): string {
  const shared = competences.filter((one) => one.state === 'shared')
  const ticked = shared.map((one): [string, string] => [
    'acquis',
    one.level === null ? one.competence : `${one.competence}@${one.level}`,
  ])
  return `/parcours/calculer?${new URLSearchParams([['but', `metier:${to.metier.slug}`], ...ticked]).toString()}`
}

/** What is known of the way itself: its direction and who says so, and what each end is. */
function ends({ from, to, declared, direction, directionBasis }: Comparison): string {
  const basis = directionBasis === 'insigne' ? ' (lecture d’Insigne : aucune source ne le dit)' : ''
  const told = [from, to].flatMap(({ metier, funded }) => [
    ...(metier.status === 'proposed'
      ? [`« ${bothForms(metier)} » est une appellation proposée : elle n’a pas cours.`]
      : []),
    ...(funded
      ? [
          `« ${bothForms(metier)} » est un dispositif, pas un métier : il finance « ${bothForms(funded)} », comparé ici.`,
        ]
      : []),
  ])
  return html`!${facts([
    ['Sens', direction && capital(DIRECTION_WORDS[direction]) + basis],
    [
      'Ce que disent les sources',
      declared.length === 0
        ? 'Aucune source versée ici ne parle de cette passerelle.'
        : { markup: html`!${declared.map(declaredWords)}` },
    ],
  ])}
  !${told.map((words) => html`<p class="remark">${words}</p>`)}`
}

/** The bar of each axis, with the same in words; or that nothing is known. */
function sharedView({ from, to, known, axes, competences }: Comparison): string {
  if (!known) {
    const mute = [from, to].filter((one) => one.asked.length === 0).map((one) => `« ${bothForms(one.metier)} »`)
    return html`<div class="note">
      <h2>On ne sait pas</h2>
      <p>Aucune source ne dit quelles compétences demande ${mute.join(' ni ')} : rien ne peut être comparé.</p>
    </div>`
  }
  return html`<h2>Ce qui est commun</h2>
    !${axes.map(({ axis, asked, shared }) => {
      const own = competences.filter((one) => one.axis === axis)
      const parts = STATES.map((state) => [state, own.filter((one) => one.state === state).length] as const)
      return html`<h3>${AXIS_WORDS[axis]} : ${shared === null ? 'on ne sait pas' : `${shared} sur ${asked}`}</h3>
        !${bar(parts, asked)}
        <ul class="bridge-key plain">
          !${parts
            .filter(([, size]) => size > 0)
            .map(
              ([state, size]) =>
                html`<li>!${bar([[state, 1]], 1)} ${size} ${STATE_WORDS[state][size < 2 ? 0 : 1]}</li>`,
            )}
        </ul>`
    })}`
}

/** A bar cut into parts; the words beside it say the same. */
function bar(parts: (readonly [State, number])[], whole: number): string {
  let at = 0
  return html`<svg
    class="bridge-bar"
    viewBox="0 0 100 6"
    preserveAspectRatio="none"
    aria-hidden="true"
    focusable="false"
  >
    !${parts.map(([state, size]) => {
      const [x, width] = [at, (size / whole) * 100]
      at += width
      return size === 0
        ? ''
        : html`<rect data-state="${state}" x="${x.toFixed(2)}" y="0" width="${width.toFixed(2)}" height="6" />`
    })}
  </svg>`
}

function blocksView({ from, to, known, declared }: Comparison, blocks: CommonBlock[]): string {
  if (!known) return ''
  const wished = declared.some((one) => !one.existing)
  return html`<h2>Blocs de certification utiles aux deux</h2>
    !${
      blocks.length === 0
        ? html`<p>Aucun bloc connu du catalogue ne prépare à des compétences que les deux demandent.</p>`
        : html`<p class="remark">
              Lien proposé par Insigne : par les compétences des modules qui préparent le bloc et de son badge. Un bloc
              n’est pas le titre.
            </p>
            <ul class="results">
              !${blocks.map(blockItem)}
            </ul>`
    }
    !${wished ? html`<p class="remark">Une source souhaite un bloc ou une passerelle entre ${bothForms(from.metier)} et ${bothForms(to.metier)} : voir plus haut. Il n’existe pas.</p>` : ''}`
}

const blockItem = ({ code, title, validTo, block, blockTitle, modules, competences }: CommonBlock): string =>
  html`<li>
    <strong>${block}${blockTitle ? ` : ${blockTitle}` : ''}</strong>
    <p>
      ${title}${code ? ` (${code})` : ''}${validTo ? `, enregistrement jusqu’au ${longDate(validTo)}` : ''}. Sert pour :
      ${competences.map((one) => `${one.code} ${one.label}`).join(' ; ')}.
    </p>
    !${modules.map(({ slug, title }) => html`<p>Se prépare par : <a href="/modules/${slug}">${title}</a></p>`)}
  </li>`

/** The lists that say what each end asks, with their standing; the lines of each requirement are with its métier. */
function listsUsed({ lists }: CartographyMap, { from, to, declared }: Comparison): string {
  const used = new Set([
    ...[...from.asked, ...to.asked].flatMap((one) => one.lists),
    ...declared.map((one) => one.list),
  ])
  const found = lists.filter((one) => used.has(one.list))
  if (found.length === 0) return ''
  return html`<h2>D’où vient cette comparaison</h2>
    <ul>
      !${found.map(
        ({ title, publisher, edition, status }) =>
          html`<li>${title}, ${publisher}, édition ${edition} !${standing(status)}</li>`,
      )}
    </ul>
    !${sources(found.map((one) => one.source))}`
}
