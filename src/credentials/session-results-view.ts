import { competenceKey } from '../badges/achievements.ts'
import type { AlignedCompetence } from '../badges/schema.ts'
import { type Learner, nameOf } from '../training/learners.ts'
import { counted, emptyList, nextPage, tag } from '../web/components.ts'
import { areaField, errorSummary, formJeton, type Refusal, textField } from '../web/forms.ts'
import { html, type Page } from '../web/html.ts'

/** A field of one learner in the form: what it is about, and whose. */
export const fieldOf = (what: string, personId: string): string => `${what}.${personId}`

type Shown = {
  path: string
  /** The badge, and the days of the session. */
  name: string
  days: string
  learners: Learner[]
  next: string | null
  competences: AlignedCompetence[]
  /** What is proposed as the day of the results. */
  day: string
  hasBegun: boolean
  /** Everyone who attended is ticked beforehand. */
  isAllTicked: boolean
  jeton: string
  given?: Record<string, string>
  refusal?: Refusal | null
}

/** The results of a session, as one form: who acquired, when, at which levels. */
export function resultsPage(shown: Shown): Page {
  const { path, name, days, refusal = null } = shown
  return {
    title: `Résultats, ${name}`,
    body: html`<p class="up"><a href="${path}">${name}, ${days}</a></p>
      !${errorSummary(refusal)}
      <h1>Résultats</h1>
      <p>
        Cochez qui a acquis les compétences : un badge signé lui est délivré. Qui n’est pas coché ne reçoit rien, et
        vous pourrez revenir. <a href="${path}/resultats/fichier">Envoyer plutôt un fichier de tableur</a>
      </p>
      !${resultsForm(shown)}`,
  }
}

function resultsForm(shown: Shown): string {
  const { path, learners, next, hasBegun, jeton, isAllTicked } = shown
  if (!hasBegun) return emptyList('La session n’a pas commencé : les résultats se saisissent à partir du premier jour.')
  const done = learners.filter((one) => one.hasResult)
  const absent = learners.filter((one) => !one.hasResult && one.attendance === 'absent')
  const open = learners.filter((one) => !one.hasResult && one.attendance !== 'absent' && one.who !== null)
  const rest = nextPage(`${path}/resultats`, {}, next)
  if (learners.length === 0) {
    const why = 'Personne n’est inscrit. Inscrivez des personnes, ou envoyez un fichier : il les inscrit en même temps.'
    return emptyList(why, html`<p><a href="${path}#ajouter">Inscrire des personnes</a></p>`)
  }
  return html`!${
    open.length === 0
      ? emptyList(
          'Il ne reste personne à qui délivrer un badge sur cette page.',
          html`<p><a href="${path}">Retour à la session</a></p>`,
        )
      : html`!${
            isAllTicked
              ? ''
              : html`<p>
                  <a href="${path}/resultats?tous=oui">Cocher d’avance toutes les personnes qui ne sont pas absentes</a>
                </p>`
          }
          <form method="post" action="${path}/resultats" class="wide">
            !${formJeton(jeton)} !${open.map((one) => learnerFields(one, shown))}
            <button type="submit">Délivrer les badges des personnes cochées</button>
          </form>`
  }
  !${absent.length === 0 ? '' : html`<p class="remark">${counted(absent.length, 'personne absente', 'personnes absentes')} : ${absent.map(nameOf).join(', ')}.</p>`}
  !${
    done.length === 0
      ? ''
      : html`<section aria-labelledby="faits">
          <h2 id="faits">Déjà enregistrés</h2>
          <ul class="plain people">
            !${done.map(
              (one) =>
                html`<li class="fixed">
                  <span><strong>${nameOf(one)}</strong> !${tag('acquis', 'valid')}</span>
                </li>`,
            )}
          </ul>
        </section>`
  }
  !${rest}`
}

function learnerFields({ personId, who, attendance }: Learner, shown: Shown): string {
  const { competences, day, isAllTicked, given, refusal = null } = shown
  const name = `${who!.familyName} ${who!.givenName}`
  const field = (what: string) => fieldOf(what, personId)
  const valueOf = (what: string) => given?.[field(what)]
  const isTicked = given ? valueOf('acquis') !== undefined : isAllTicked
  const hasWrong = refusal?.fields.some((one) => one.name.endsWith(personId)) === true
  const wrong = refusal?.fields.find((one) => one.name === field('acquis'))?.message
  const text = (what: string, label: string, more: { type?: string; rules?: string; hint?: string }) =>
    textField({ name: field(what), label, value: valueOf(what), refusal, ...more })
  return html`<fieldset class="acquired">
    <legend>${name} !${attendance === null ? tag('présence non notée') : ''}</legend>
    <div class="acquired-line">
      <label
        ><input
          type="checkbox"
          id="${field('acquis')}"
          name="${field('acquis')}"
          value="oui"
          !${isTicked ? 'checked' : ''}
          !${wrong ? html`aria-describedby="w${field('acquis')}"` : ''}
        />
        Acquis</label
      >
      <div>
        !${textField({ name: field('date'), label: 'Le', type: 'date', value: valueOf('date') ?? day, refusal, rules: 'required' })}
      </div>
    </div>
    !${wrong ? html`<small id="w${field('acquis')}" class="wrong">${wrong}</small>` : ''}
    <details !${hasWrong && !wrong ? 'open' : ''}>
      <summary>Niveaux, commentaire et preuve</summary>
      <div class="levels-form">!${competences.map((one) => levelField(one, field('niveau'), given))}</div>
      !${areaField({ name: field('narrative'), label: 'Commentaire (facultatif)', hint: 'Il figure dans le badge, que la personne montre à qui elle veut.', value: valueOf('narrative'), refusal, rules: 'rows="2" maxlength="5000"' })}
      !${text('evidence', 'Adresse d’une preuve (facultatif)', { type: 'url', rules: 'maxlength="2000"', hint: 'Par exemple https://exemple.fr/travail' })}
    </details>
  </fieldset>`
}

function levelField(one: AlignedCompetence, prefix: string, given: Shown['given']): string {
  const key = competenceKey(one)
  const name = `${prefix}.${key}`
  const values = one.levels.length === 0 ? ['acquis'] : one.levels.map(String)
  return html`<label
    >${one.code} ${one.label} <small>${one.frameworkTitle}</small
    ><select name="${name}">
      <option value="">non précisé</option>
      !${values.map((value) => html`<option !${given?.[name] === value ? 'selected' : ''}>${value}</option>`)}
    </select></label
  >`
}
