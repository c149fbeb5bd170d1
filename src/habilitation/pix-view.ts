import { count, counted, emptyList, nextPage } from '../web/components.ts'
import { doneNote, errorSummary, formJeton, type Given, type Refusal, textField } from '../web/forms.ts'
import { html, longDate, type Page } from '../web/html.ts'
import type { countOf, importResults, listResults } from './pix-results.ts'
import { reasonField, SPACE, spacePage, table, toneTag } from './space-view.ts'

const PATH = `${SPACE}/pix`
const PIX_DONE: Record<string, string> = {
  rattache: 'Le résultat est rattaché à cette personne.',
  cote: 'Le résultat est mis de côté.',
}

type Shown = {
  results: Awaited<ReturnType<typeof listResults>>
  state: 'unmatched' | 'dismissed'
  jeton: string
  done?: string | undefined
  refusal?: Refusal | null
  /** The result whose form was refused, and what was typed. */
  tried?: { id: string; given: Given } | null
}

/** The import of Pix results, and those that are nobody's yet. */
export function pixPage({ results, state, jeton, done, refusal, tried = null }: Shown): Page {
  const isDismissed = state === 'dismissed'
  const { items, next } = results
  const body = html`!${errorSummary(refusal)} !${doneNote(done && PIX_DONE[done])}
    <h1>Résultats Pix</h1>
    <section aria-labelledby="importer">
      <h2 id="importer">Importer un fichier</h2>
      <p>
        L’export de la plateforme Pix, tel quel (JSON). Une ligne déjà reçue ne change rien : le même fichier peut être
        envoyé deux fois.
      </p>
      <form method="post" action="${PATH}" enctype="multipart/form-data">
        !${formJeton(jeton)}
        !${textField({ name: 'file', label: 'Fichier de résultats', type: 'file', rules: 'required accept=".json,application/json"', refusal: tried ? null : (refusal ?? null) })}
        <button type="submit">Importer</button>
      </form>
    </section>
    <section aria-labelledby="resultats">
      <h2 id="resultats">${isDismissed ? 'Mis de côté' : 'À rattacher'}</h2>
      <p>
        !${
          isDismissed
            ? html`<a href="${PATH}">Les résultats à rattacher</a>`
            : html`Leur adresse n’est celle d’aucune demande : dites à qui ils sont, ou
                <a href="${PATH}?state=dismissed">voyez ceux mis de côté</a>.`
        }
      </p>
      !${
        items.length === 0
          ? emptyList(isDismissed ? 'Aucun résultat n’est mis de côté.' : 'Chaque résultat reçu est à quelqu’un.')
          : html`<ul class="held">
              !${items.map((one) => resultItem(one, { jeton, refusal: refusal ?? null, tried }))}
            </ul>`
      }
      !${nextPage(PATH, { state: isDismissed ? state : undefined }, next)}
    </section>`
  return spacePage({ isOfficer: true, section: '/pix' }, { title: 'Résultats Pix', body })
}

type Item = Shown['results']['items'][number]
type Forms = { jeton: string; refusal: Refusal | null; tried: Shown['tried'] }

function resultItem(one: Item, { jeton, refusal, tried }: Forms): string {
  const { id, email, sentOn, score, reason, state } = one
  const given = tried?.id === id ? tried.given : {}
  const told = tried?.id === id ? refusal : null
  const isMatching = 'email' in given
  return html`<li class="tile">
    <h3>${email}</h3>
    <p>${count(score)} sur 100, le ${longDate(sentOn)}</p>
    !${reason ? html`<p>${reason}</p>` : ''}
    !${
      state === 'dismissed'
        ? ''
        : html`<details !${told && isMatching ? 'open' : ''}>
              <summary>Rattacher à une personne</summary>
              <form method="post" action="${PATH}/${id}/rattachement">
                !${formJeton(jeton)}
                !${textField({
                  name: 'email',
                  id: told ? 'email' : `email-${id}`,
                  label: 'Adresse de sa demande',
                  hint: 'Celle que la structure a déclarée.',
                  type: 'email',
                  rules: 'required maxlength="254" autocomplete="off"',
                  value: given['email'],
                  refusal: told,
                })}
                !${reasonField(`reason-match-${id}`, { value: isMatching ? given['reason'] : '' })}
                <button type="submit">Rattacher</button>
              </form>
            </details>
            <details !${told && !isMatching ? 'open' : ''}>
              <summary>Mettre de côté</summary>
              <form method="post" action="${PATH}/${id}/mise-de-cote">
                !${formJeton(jeton)} !${reasonField(`reason-${id}`)}
                <button type="submit">Mettre de côté</button>
              </form>
            </details>`
    }
  </li>`
}

type Receipts = Awaited<ReturnType<typeof importResults>>

const OUTCOMES = {
  matched: ['Rattaché', 'valid'],
  unmatched: ['À rattacher', 'waiting'],
  duplicate: ['En double', 'none'],
  known: ['Déjà reçu', 'none'],
  refused: ['Refusé', 'invalid'],
} as const
const MAX_SHOWN = 500

/** What came of each row of a file; those that need someone first, when there are many. */
export function pixReceiptsPage(receipts: Receipts, counts: ReturnType<typeof countOf>): Page {
  const title = 'Reçus de l’import'
  const told = receipts.filter(({ outcome }) => outcome === 'refused' || outcome === 'duplicate')
  const shown = (receipts.length > MAX_SHOWN ? told : receipts).slice(0, MAX_SHOWN)
  const body = html`<h1>${title}</h1>
    <p role="status">
      ${counted(counts.received, 'ligne reçue', 'lignes reçues')} : ${counted(counts.matched, 'rattachée')},
      ${count(counts.unmatched)} à rattacher, ${counted(counts.known, 'déjà connue', 'déjà connues')},
      ${count(counts.duplicate)} en double, ${counted(counts.refused, 'refusée')}.
    </p>
    !${
      shown.length === 0
        ? ''
        : table(
            title,
            ['Ligne', 'Résultat', 'Que faire ?'],
            shown.map(({ line, outcome, problem }) => [
              count(line),
              { markup: toneTag(OUTCOMES[outcome]) },
              problem ? `${problem.message} ${problem.mend}` : '—',
            ]),
          )
    }
    !${receipts.length > MAX_SHOWN ? html`<p>Seules les ${count(MAX_SHOWN)} premières lignes refusées ou en double sont montrées.</p>` : ''}
    <p><a href="${PATH}">Revenir aux résultats Pix</a></p>`
  return spacePage({ isOfficer: true, section: '/pix' }, { title, body })
}
