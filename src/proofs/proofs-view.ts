import { facts } from '../web/components.ts'
import { espacePage } from '../web/espace.ts'
import { formJeton } from '../web/forms.ts'
import { html, longDate, type Page } from '../web/html.ts'
import { checkWords, GROUPS, type Group, groupOf, KINDS } from './kinds.ts'
import type { listSubjects, Proof } from './proofs.ts'

type Subjects = Awaited<ReturnType<typeof listSubjects>>
type Shown = { proofs: Proof[]; subjects: Subjects; jeton: string }

/** What someone holds from elsewhere, in three groups, and the forms that add to it. */
export const proofsPage = ({ proofs, subjects, jeton }: Shown): Page =>
  espacePage('/preuves', {
    title: 'Mes preuves',
    body: html`<h1>Mes preuves</h1>
      <p>
        Ce que vous avez obtenu ailleurs. Vous seule ou vous seul voyez cette page. Pour faire vérifier une preuve,
        donnez son identifiant à un organisme : il pourra la lire et dire ce qu’il a vu.
      </p>
      !${(Object.keys(GROUPS) as Group[]).map((group) => groupSection(group, proofs, jeton))}
      !${declarationForm(subjects, jeton)} !${badgeForm(jeton)}`,
  })

function groupSection(group: Group, proofs: Proof[], jeton: string): string {
  const mine = proofs.filter(({ kind }) => groupOf(kind) === group)
  return html`<section aria-labelledby="${group}">
    <h2 id="${group}">${GROUPS[group].title}</h2>
    !${group === 'learnt' ? html`<p class="remark">Reconnu à part : ce n’est pas une certification.</p>` : ''}
    !${
      mine.length === 0
        ? html`<p>Rien pour l’instant.</p>`
        : html`<ul class="held">
            !${mine.map((one) => proofItem(one, jeton))}
          </ul>`
    }
  </section>`
}

const proofItem = (
  { id, kind, title, obtainedOn, issuedBy, level, details, evidenceUrl, check }: Proof,
  jeton: string,
) =>
  html`<li class="tile">
    <h3>${title}</h3>
    !${facts([
      ['Sorte', KINDS[kind]],
      ['Obtenu le', obtainedOn === null ? 'jour non précisé' : longDate(obtainedOn)],
      ['Délivré par', issuedBy ?? 'non précisé'],
      ['Niveau', level === null ? 'non précisé' : `${level} sur 8`],
      ['Vérification', checkWords(check, longDate)],
    ])}
    !${check?.reason ? html`<p>Motif : ${check.reason}</p>` : ''} !${details === null ? '' : html`<p>${details}</p>`}
    !${evidenceUrl === null ? '' : html`<p><a href="${evidenceUrl}" rel="noopener noreferrer nofollow">La pièce</a></p>`}
    <p>Identifiant à donner : <code>${id}</code></p>
    <form method="post" action="/mon-espace/preuves/${id}/retrait">
      !${formJeton(jeton)}<button type="submit" class="secondary" aria-label="Retirer : ${title}">Retirer</button>
    </form>
  </li>`

const kindSelect = (id: string): string =>
  html`<label for="${id}">Sorte</label>
    <select id="${id}" name="kind" required>
      !${Object.entries(KINDS).map(([kind, words]) => html`<option value="${kind}">${words}</option>`)}
    </select>`

const declarationForm = (subjects: Subjects, jeton: string): string =>
  html`<h2>Déclarer une preuve</h2>
    <form method="post" action="/mon-espace/preuves">
      !${formJeton(jeton)} !${kindSelect('kind')}
      <label for="subject">Certification ou bloc connus ici</label>
      <select id="subject" name="subject">
        <option value="">Aucun de ceux-ci : j’écris l’intitulé</option>
        !${subjects.map(
          ({ slug, code, title, blocks }) =>
            html`<option value="${slug}">${title}${code === null ? '' : ` (${code})`}</option>
              !${blocks.map((ref) => html`<option value="${slug}/${ref}">Bloc ${ref} de « ${title} »</option>`)}`,
        )}
      </select>
      !${field('title', 'Ou son intitulé', 'S’il n’est pas dans la liste.', 'maxlength="300"')}
      !${field('issuedBy', 'Délivré par (facultatif)', 'Un organisme, une école, une équipe.', 'maxlength="300"')}
      !${field('obtainedOn', 'Obtenu le (facultatif)', 'Laissez vide si vous ne savez plus.', 'type="date"')}
      !${field('evidenceUrl', 'Adresse de la pièce (facultatif)', 'Par exemple https://www.exemple.fr', 'type="url" maxlength="500"')}
      <label for="details">Précisions (facultatif)</label>
      <textarea id="details" name="details" maxlength="2000"></textarea>
      <button type="submit">Déclarer</button>
    </form>`

const field = (name: string, label: string, hint: string, rules: string): string =>
  html`<label for="${name}">${label}</label>
    <input id="${name}" name="${name}" aria-describedby="${name}-hint" !${rules} />
    <small id="${name}-hint">${hint}</small>`

const badgeForm = (jeton: string): string =>
  html`<h2>Ajouter un badge numérique d’ailleurs</h2>
    <p>
      Sa signature, son état et sa ou son destinataire sont vérifiés aussitôt. Il devient ici la preuve de ce que vous
      déclarez ; pour garder le badge lui-même, quelle que soit sa version, voyez
      <a href="/mon-espace/badges-d-ailleurs">vos badges d’ailleurs</a>.
    </p>
    <form method="post" action="/mon-espace/preuves/badges">
      !${formJeton(jeton)} !${kindSelect('badge-kind')}
      <label for="credential">Le badge, en JSON (Open Badges 3.0)</label>
      <textarea id="credential" name="credential" required maxlength="60000" spellcheck="false"></textarea>
      <button type="submit">Vérifier et ajouter</button>
    </form>`
