import { citations, count, counted, facts, tag } from '../web/components.ts'
import { buttonForm, errorSummary, formJeton, type Given, type Refusal, selectField, textField } from '../web/forms.ts'
import { html, longDate, type Page } from '../web/html.ts'
import type { ListFile, ListKind } from '../referential/list-schema.ts'
import type { Aside } from './import-changes.ts'
import type { ContentChange } from './imports.ts'

export const PATH = '/cartographie/listes'

/** What each kind of list says. */
const KIND_WORDS: Record<ListKind, string> = {
  requirements: 'ce que les métiers demandent',
  duties: 'ce que font les personnes d’un métier',
  activities: 'ce que demandent les activités',
  bridges: 'les passerelles entre métiers',
  'field-needs': 'ce qui manque au terrain dans les blocs de certification',
}

/** What an operator sees beside the lists: the form, as it was typed when it was refused, with each fault. */
export type Importing = { jeton: string; given?: Given; refusal?: Refusal; faults?: readonly string[] }

type Shown = {
  lists: readonly ListFile[]
  aside: readonly Aside[]
  /** When the file of a list was imported, by the name of the file. */
  imported: ReadonlyMap<string, Date>
  importing: Importing | null
  baseUrl: string
}

/** Every list of the cartography: what it says, by whom, official or not, and what it replaces. */
export function listsPage({ lists, aside, imported, importing, baseUrl }: Shown): Page {
  const asideOf = Map.groupBy(aside, (one) => one.list)
  const official = lists.filter((one) => one.status === 'official').length
  return {
    title: 'Listes de la cartographie',
    description:
      'Les listes dont la cartographie des métiers est faite, officielles ou illustratives, et leurs sources.',
    canonical: baseUrl + PATH,
    image: `${baseUrl}/apercu.png`,
    body: html`!${importing ? errorSummary(importing.refusal) : ''} !${faultList(importing?.faults ?? [])}
      <p class="up"><a href="/cartographie">Cartographie</a></p>
      <h1>Listes de la cartographie</h1>
      <p class="lead">
        Ce que les métiers demandent, font et ouvrent vient de ${counted(lists.length, 'liste')}, dont
        ${official === 0 ? 'aucune n’est officielle' : counted(official, 'officielle')}. Là où une liste officielle
        parle d’un métier, ce que les listes illustratives en disent est mis de côté.
      </p>
      !${lists.map((one) => listSection(one, { aside: asideOf.get(one.list) ?? [], at: imported.get(`lists/${one.list}.yaml`), importing }))}
      !${importing ? importForm(importing) : ''}`,
  }
}

type About = { aside: readonly Aside[]; at: Date | undefined; importing: Importing | null }

function listSection(list: ListFile, { aside, at, importing }: About): string {
  const { kind, status, publisher, edition, licence, source, note, entries, title } = list
  const isOfficial = status === 'official'
  return html`<section id="${list.list}" class="list-entry" aria-labelledby="titre-${list.list}">
    <h2 id="titre-${list.list}">${title}</h2>
    <p>!${isOfficial ? tag('officiel', 'valid') : tag('illustratif', 'waiting')}</p>
    !${facts([
      ['Dit', KIND_WORDS[kind]],
      ['Publiée par', publisher],
      ['Édition', edition],
      ['Licence', licence],
      ['Source', citations(source).join(' ; ')],
      ['Entrées', count(entries.length)],
      ...(isOfficial ? [] : [['Mises de côté par une liste officielle', asideWords(aside, entries.length)] as const]),
      ...(at ? [['Importée', `le ${longDate(at)}`] as const] : []),
    ])}
    !${note === null ? '' : html`<p class="remark">${note}</p>`}
    !${
      at && importing
        ? buttonForm({
            action: `${PATH}/retrait`,
            jeton: importing.jeton,
            label: 'Retirer ce fichier importé',
            name: `Retirer le fichier importé « ${title} »`,
            fields: { name: `lists/${list.list}.yaml` },
          })
        : ''
    }
  </section>`
}

const asideWords = (aside: readonly Aside[], all: number): string =>
  aside.length === 0 ? 'aucune' : `${count(aside.length)} sur ${count(all)}`

const faultList = (faults: readonly string[]): string =>
  faults.length === 0
    ? ''
    : html`<section aria-labelledby="fautes">
        <h2 id="fautes">${counted(faults.length, 'faute')} à corriger dans le fichier</h2>
        <ol>
          !${faults.map((one) => html`<li>${one}</li>`)}
        </ol>
      </section>`

function importForm({ jeton, given = {}, refusal }: Importing): string {
  const field = (name: string, label: string, hint?: string, rules = '') =>
    textField({ name, label, value: given[name], refusal, rules, ...(hint && { hint }) })
  return html`<section aria-labelledby="importer">
    <h2 id="importer">Importer un fichier</h2>
    <p>
      Tout le contenu est vérifié avec ce fichier : s’il y a une faute, elle est dite avec sa ligne, et rien ne change.
      Un fichier de même nom est remplacé.
    </p>
    <form method="post" action="${PATH}" enctype="multipart/form-data">
      !${formJeton(jeton)}
      !${textField({ name: 'fichier', label: 'Fichier', type: 'file', hint: 'YAML, JSON, ou CSV pour ce que les métiers demandent ; en UTF-8.', rules: 'required accept=".yaml,.yml,.json,.csv"', refusal })}
      !${field('name', 'Nom dans le contenu', 'Par exemple lists/reac-mediateur-2026.yaml ; sans réponse, celui du fichier.', 'maxlength="120"')}
      <fieldset>
        <legend>Pour un tableau CSV seulement</legend>
        !${field('title', 'Titre de la liste', undefined, 'maxlength="200"')}
        !${field('publisher', 'Publiée par', undefined, 'maxlength="200"')}
        !${field('edition', 'Édition', 'L’année, ou le numéro de l’arrêté.', 'maxlength="40"')}
        !${selectField({
          name: 'status',
          label: 'Statut',
          value: given['status'],
          options: [
            ['illustrative', 'Illustrative'],
            ['official', 'Officielle'],
          ],
          refusal,
        })}
        !${field('licence', 'Licence', undefined, 'maxlength="200"')}
        !${field('source', 'Source', 'Adresse ou nom du document.', 'maxlength="500"')}
      </fieldset>
      <button type="submit">Importer</button>
    </form>
  </section>`
}

const OUTCOMES: Record<ContentChange['outcome'], string> = {
  unchanged: 'Ce fichier est déjà en vigueur : rien n’a changé.',
  imported: 'Le fichier est en vigueur.',
  restored: 'Le fichier du projet est de nouveau en vigueur.',
  withdrawn: 'Le fichier est retiré.',
}

/** What an import changed. */
export function importedPage({ name, outcome, added, removed, changed, setAside, backInForce }: ContentChange): Page {
  return {
    title: 'Import de contenu',
    body: html`<p class="up"><a href="${PATH}">Listes de la cartographie</a></p>
      <h1>Import de contenu</h1>
      <p class="done" role="status">${OUTCOMES[outcome]}</p>
      !${facts([
        ['Fichier', name],
        ['Entrées nouvelles', count(added)],
        ['Entrées retirées', count(removed)],
        ['Entrées changées', count(changed)],
      ])}
      !${asideList('Entrées illustratives mises de côté', setAside)}
      !${asideList('Entrées illustratives de nouveau en vigueur', backInForce)}`,
  }
}

function asideList(title: string, aside: readonly Aside[]): string {
  if (aside.length === 0) return ''
  const byList = Map.groupBy(aside, (one) => one.list)
  return html`<h2>${title}</h2>
    !${[...byList].map(
      ([list, entries]) =>
        html`<details>
          <summary>${list} : ${counted(entries.length, 'entrée')}</summary>
          <ul>
            !${entries.map(({ entry }) => html`<li>${entry}</li>`)}
          </ul>
        </details>`,
    )}`
}
