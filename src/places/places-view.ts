import type { OrganisationSpace } from '../auth/access.ts'
import { count, emptyList, facts, scrollTable, tag } from '../web/components.ts'
import {
  boxesField,
  buttonForm,
  doneNote,
  errorSummary,
  formJeton,
  type Given,
  type Refusal,
  selectField,
  textField,
} from '../web/forms.ts'
import { html, longDate, type Page } from '../web/html.ts'
import { organismePage } from '../web/organisme.ts'
import type { Preview } from './evidence.ts'
import { NATIONAL_PAGE } from './place-id.ts'
import { evidenceUrl, type Tie } from './places.ts'
import { FEW, TELLS, TELLS_WORDS, type Told } from './telling.ts'

type Shown = OrganisationSpace & {
  places: Tie[]
  preview: Preview
  baseUrl: string
  given?: Given
  refusal?: Refusal
  done?: string | undefined
}

/** The places of a structure, what each tells to all, and the form that ties one. */
export function placesPage(shown: Shown): Page {
  const { organisation, roles, places, refusal, done } = shown
  const { slug, name } = organisation
  const [tied, ended] = [places.filter((one) => !one.endedAt), places.filter((one) => one.endedAt)]
  return organismePage(
    { slug, name, section: '/lieux', roles },
    {
      title: 'Lieux',
      body: html`!${errorSummary(refusal)} !${doneNote(done)}
        <h1>Lieux et preuves publiques</h1>
        <p class="lead">
          Rattachez à votre structure ses lieux de la cartographie nationale : chacun peut alors vérifier que des
          personnes y sont formées, sans leur nom, et sans que vous ayez rien à tenir à jour.
        </p>
        <p>
          Rien n’est public tant que vous n’avez pas rattaché de lieu, et plus rien ne l’est quand vous y mettez fin.
        </p>
        <section aria-labelledby="rattaches">
          <h2 id="rattaches">Lieux rattachés</h2>
          !${
            tied.length === 0
              ? emptyList('Aucun lieu n’est rattaché : rien n’est public.')
              : tied.map((one) => placeTile(one, shown)).join('')
          }
        </section>
        !${previewSection(shown)} !${tieForm(shown)}
        !${
          ended.length === 0
            ? ''
            : html`<section aria-labelledby="finis">
                <h2 id="finis">Rattachements finis</h2>
                <ul>
                  !${ended.map((one) => html`<li>${one.nom} (<code>${one.placeId}</code>), du ${longDate(one.since)} au ${longDate(one.endedAt!)}</li>`)}
                </ul>
              </section>`
        }`,
    },
  )
}

function placeTile(tie: Tie, { organisation, jeton, baseUrl }: Shown): string {
  const { id, placeId, nom, tells, agreedAt, since } = tie
  const path = `/organisme/${organisation.slug}/lieux`
  return html`<section class="tile" aria-labelledby="lieu-${id}">
    <h3 id="lieu-${id}">${nom}</h3>
    <p>!${tag('public', 'valid')} <small>depuis le ${longDate(since)}</small></p>
    !${facts([
      ['Identifiant national', { markup: html`<code>${placeId}</code>` }],
      ['Ce qui est dit', TELLS_WORDS[tells]],
      ...(agreedAt ? [['Accord déclaré le', longDate(agreedAt)] as const] : []),
    ])}
    <ul class="plain">
      <li>
        <a href="${evidenceUrl(baseUrl, placeId)}" aria-label="Preuves publiques de « ${nom} », en JSON"
          >Preuves publiques (JSON)</a
        >
      </li>
      <li>
        <a
          href="${NATIONAL_PAGE}${encodeURIComponent(placeId)}/details"
          rel="noopener"
          aria-label="Fiche nationale de « ${nom} »"
          >Fiche nationale</a
        >
      </li>
      <li>
        <a href="${path}?lieu=${encodeURIComponent(placeId)}#rattacher" aria-label="Modifier « ${nom} »">Modifier</a>
      </li>
    </ul>
    !${buttonForm({ action: `${path}/fin`, jeton, label: 'Ne plus rendre public', name: `Ne plus rendre public « ${nom} »`, fields: { id: placeId } })}
  </section>`
}

/** What would be public today under each choice: to be read before choosing. */
function previewSection({ preview, organisation }: Shown): string {
  const { name, siret } = organisation
  const { presence, numbers, all } = preview
  const toldBy = (badge: { achievement: string }) =>
    [presence, numbers, all].map((one) => one.badges.find(({ achievement }) => achievement === badge.achievement))
  const lines: [string, (Told | undefined)[]][] = [
    ...all.facts.map((one, index): [string, Told[]] => [
      one.label,
      [presence, numbers, all].map((each) => each.facts[index]!),
    ]),
    ...all.badges.map((one): [string, (Told | undefined)[]] => [`Badge « ${one.name} »`, toldBy(one)]),
  ]
  const table = html`<table>
    <caption>
      Ce que chaque choix dirait aujourd’hui
    </caption>
    <thead>
      <tr>
        <th scope="col">Fait</th>
        <th scope="col">Présence seule</th>
        <th scope="col">Nombres dès ${FEW}</th>
        <th scope="col">Tous les nombres</th>
      </tr>
    </thead>
    <tbody>
      !${lines.map(
        ([label, cells]) =>
          html`<tr>
            <th scope="row">${label}</th>
            !${cells.map((one) => html`<td>${cellOf(one)}</td>`)}
          </tr>`,
      )}
    </tbody>
  </table>`
  return html`<section aria-labelledby="public">
    <h2 id="public">Ce qui devient public</h2>
    <ul>
      <li>l’identifiant et le nom du lieu, tels que vous les donnez ;</li>
      <li>votre structure : ${name}, SIRET ${siret ?? 'non renseigné'} ;</li>
      <li>le tableau ci-dessous, recalculé à chaque lecture, et ce qu’il était chaque jour depuis le rattachement.</li>
    </ul>
    <p>
      Jamais un nom, une adresse, ni le badge de quelqu’un. Mais un petit nombre désigne : avec une seule aidante ou un
      seul aidant, « 1 » parle d’elle ou de lui, et le jour où « oui » devient « non » aussi.
    </p>
    !${scrollTable('Ce que chaque choix dirait aujourd’hui', table)}
  </section>`
}

function cellOf(one: Told | undefined): string {
  if (!one) return 'non cité'
  return one.count === null ? (one.present ? 'oui' : 'non') : count(one.count)
}

function tieForm({ organisation, jeton, given = {}, refusal }: Shown): string {
  const boxes = { name: 'agreed', label: 'Accord des personnes', value: given['agreed'], refusal }
  return html`<section aria-labelledby="rattacher">
    <h2 id="rattacher">Rattacher un lieu, ou changer ce qui en est dit</h2>
    <form method="post" action="/organisme/${organisation.slug}/lieux">
      !${formJeton(jeton)}
      !${textField({ name: 'id', label: 'Identifiant du lieu', hint: 'Celui de la cartographie nationale, par exemple « Coop-numérique_0812cbc6-49ab-48a8-b331-bc58a8351f25 » ; ou l’adresse de sa fiche, que vous copiez.', value: given['id'], rules: 'required maxlength="600" autocapitalize="off" spellcheck="false"', refusal })}
      !${textField({ name: 'nom', label: 'Nom du lieu', hint: 'Comme sur la cartographie nationale.', value: given['nom'], rules: 'required minlength="2" maxlength="200"', refusal })}
      !${selectField({ name: 'tells', label: 'Ce qui est dit', value: given['tells'] ?? 'presence', options: TELLS.map((one) => [one, TELLS_WORDS[one]] as const), refusal })}
      !${boxesField({ ...boxes, hint: `Seulement pour « tous les nombres ». Quand quelqu’un arrive, un nombre sous ${FEW} n’est plus dit, jusqu’à ce que vous déclariez à nouveau l’accord de chaque personne.`, options: [['oui', 'Chaque personne comptée aujourd’hui accepte que ces nombres et ces badges soient publics, même s’ils la désignent']] })}
      <button type="submit">Rendre ces preuves publiques</button>
    </form>
  </section>`
}
