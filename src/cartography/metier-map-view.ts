import { bothForms, KIND_MEANING, KIND_WORDS, linkedMetier, STATUS_WORDS } from '../referential/metier-view.ts'
import { capital, citations, counted, emptyList, facts, sources, UNKNOWN } from '../web/components.ts'
import { selectField } from '../web/forms.ts'
import { html, type Page } from '../web/html.ts'
import type { CartographyMap } from './map.ts'
import { axisTable, dutyList } from './asked-view.ts'
import { DIRECTION_WORDS } from './bridges-view.ts'
import { AXIS_WORDS, competenceLink, standing } from './map-words.ts'
import { drawMetier } from './metier-drawing.ts'
import type { DeclaredBridge, MetierReading } from './metier-reading.ts'

type Shown = { map: CartographyMap; reading: MetierReading; baseUrl: string }

/** A métier, a role or a scheme on the map: drawn, then said in lists and tables. */
export function metierMapPage({ map, reading, baseUrl }: Shown): Page {
  const { metier, funded, duties, asked } = reading
  const { slug, kind, status, description } = metier
  const name = bothForms(metier)
  const described = description ?? `${capital(KIND_WORDS[kind])} de la médiation numérique.`
  return {
    title: `${name} : cartographie`,
    description: described,
    canonical: `${baseUrl}/cartographie/metiers/${slug}`,
    image: `${baseUrl}/metiers/${slug}/apercu.png`,
    linked: linkedMetier(metier, described, baseUrl),
    scripts: ['/static/cartographie.js'],
    body: html`<p class="up"><a href="/cartographie">Cartographie</a></p>
      <h1>${name}</h1>
      !${STATUS_WORDS[status] === null ? '' : html`<p><span class="mark">${STATUS_WORDS[status]}</span></p>`}
      <p class="lead">${described}</p>
      !${kind === 'scheme' ? schemeNote(funded) : html`!${summary(reading)} !${actions(map, reading)}`}
      !${duties.length + asked.length === 0 ? '' : drawing(reading)} !${kind === 'scheme' ? '' : details(reading)}
      !${bridgeSection(reading.bridges)} !${listSection(reading.lists)} !${sources(metier.source)}`,
  }
}

const schemeNote = (funded: MetierReading['funded']): string =>
  html`<div class="note">
    <h2>Un dispositif, pas un métier</h2>
    <p>
      ${capital(KIND_MEANING.scheme)}.
      !${funded ? html`Les compétences sont celles du métier financé : <a href="/cartographie/metiers/${funded.slug}">${bothForms(funded)}</a>. La personne est comptée une fois, dans ce métier.` : 'La source ne dit pas quel métier il finance. La personne est comptée une fois, dans son métier.'}
    </p>
  </div>`

function summary({ metier, asked, duties, schemes }: MetierReading): string {
  const on = (axis: string): string | null => {
    const some = asked.filter((one) => one.competence.axis === axis)
    const taught = some.filter((one) => one.teachers.length > 0).length
    return some.length === 0
      ? null
      : `${counted(some.length, 'demandée')}, ${counted(taught, 'enseignée')} par un module au moins`
  }
  return facts([
    ['Nature', `${KIND_WORDS[metier.kind]} : ${KIND_MEANING[metier.kind]}`],
    ['Missions et activités', duties.length === 0 ? null : counted(duties.length, 'connue')],
    [AXIS_WORDS.professional, on('professional')],
    [AXIS_WORDS.digital, on('digital')],
    ...(schemes.length === 0
      ? []
      : [['Dispositifs qui le financent', { markup: schemes.map(metierLink).join(', ') }] as const]),
  ])
}

const metierLink = (one: MetierReading['metier']): string =>
  html`<a href="/cartographie/metiers/${one.slug}">${bothForms(one)}</a>`

/** What can be done from here: the path towards it, its page, and its comparison with another. */
function actions(map: CartographyMap, { metier, asked }: MetierReading): string {
  const asking = new Set(map.requirements.map((one) => one.metier))
  const others = map.metiers
    .filter((one) => one.slug !== metier.slug && one.kind !== 'scheme' && asking.has(one.slug))
    .map((one) => [one.slug, bothForms(one)] as const)
    .toSorted((a, b) => a[1].localeCompare(b[1], 'fr'))
  return html`<p class="actions">
      !${asked.length === 0 ? '' : html`<a href="/parcours/calculer?but=metier:${metier.slug}" role="button">Calculer le parcours</a>`}
      <a href="/metiers/${metier.slug}">La fiche du métier</a>
    </p>
    !${
      asked.length === 0 || others.length === 0
        ? ''
        : html`<form method="get" action="/cartographie/passerelles" class="map-compare">
            <input type="hidden" name="de" value="${metier.slug}" />
            !${selectField({ name: 'vers', label: 'Comparer avec un autre métier ou une autre fonction', options: others })}
            <button type="submit" class="secondary">Comparer</button>
          </form>`
    }`
}

const drawing = (reading: MetierReading): string =>
  html`<section class="map-section" aria-labelledby="dessin-carte">
    <h2 id="dessin-carte">La carte</h2>
    <p class="remark">
      Un cercle plein dit une compétence essentielle, un cercle vide une compétence utile, un point une importance non
      précisée ; un cadre pointillé, que rien ne l’enseigne ; un hexagone, qu’un badge s’y gagne.
      <a href="#fait">Passer le dessin</a>.
    </p>
    <div class="scroll" role="region" aria-label="Dessin de la carte" tabindex="0">!${drawMetier(reading)}</div>
  </section>`

function details({ duties, asked, lists }: MetierReading): string {
  const missing = asked.filter((one) => one.teachers.length === 0)
  return html`<section aria-labelledby="fait">
      <h2 id="fait">Ce qu’on y fait</h2>
      !${duties.length === 0 ? html`<p>${capital(UNKNOWN)}.</p>` : dutyList(duties)}
    </section>
    <section aria-labelledby="demande">
      <h2 id="demande">Ce qui est demandé</h2>
      !${
        asked.length === 0
          ? nothingAsked
          : Object.entries(AXIS_WORDS).map(([axis, words]) =>
              axisTable(
                words,
                asked.filter((one) => one.competence.axis === axis),
                lists,
              ),
            )
      }
    </section>
    !${
      missing.length === 0
        ? ''
        : html`<section aria-labelledby="manque">
            <h2 id="manque">Ce que personne n’enseigne</h2>
            <p>
              ${counted(missing.length, 'compétence demandée ne figure', 'compétences demandées ne figurent')} dans
              aucun module du catalogue. <a href="/cartographie/manques">Tous les manques de l’offre</a>.
            </p>
            <ul>
              !${missing.map((one) => html`<li>!${competenceLink(one.competence)}</li>`)}
            </ul>
          </section>`
    }`
}

const nothingAsked = emptyList(
  'Aucune liste ne dit ce qui est demandé ici.',
  html`<p>
    Un organisme qui publie une telle liste peut la faire importer : <a href="/cartographie/listes">voir les listes</a>.
  </p>`,
)

const bridgeSection = (bridges: DeclaredBridge[]): string =>
  bridges.length === 0
    ? ''
    : html`<section aria-labelledby="passerelles">
        <h2 id="passerelles">Passerelles que les sources nomment</h2>
        <ul class="relations">
          !${bridges.map(
            ({ bridge, from, to }) =>
              html`<li>
                <a href="/cartographie/passerelles/${from.slug}/${to.slug}">${bothForms(from)} → ${bothForms(to)}</a>
                !${standing(bridge.status)}
                <small
                  >${capital(DIRECTION_WORDS[bridge.direction])}${bridge.existing ? '' : ', souhaitée : elle n’existe pas encore'}.
                  ${bridge.note ?? ''} ${citations(bridge.source).join(' ; ')}</small
                >
              </li>`,
          )}
        </ul>
      </section>`

const listSection = (lists: MetierReading['lists']): string =>
  lists.length === 0
    ? ''
    : html`<section class="sources">
        <h2>Listes qui le disent</h2>
        <ul>
          !${lists.map(
            ({ title, publisher, edition, status, source, note }) =>
              html`<li>
                !${standing(status)} ${title}, ${publisher}, ${edition}. ${citations(source).join(' ; ')}
                !${note === null ? '' : html`<br /><small>${note}</small>`}
              </li>`,
          )}
        </ul>
      </section>`
