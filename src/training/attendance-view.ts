import { emptyList, nextPage } from '../web/components.ts'
import { errorSummary, formJeton, type Refusal } from '../web/forms.ts'
import { html, longDate, type Page } from '../web/html.ts'
import { type Learner, nameOf } from './learners.ts'
import { ATTENDANCE_WORDS } from './session-view.ts'
import type { Session } from './sessions.ts'
import { daysOf } from './sessions-view.ts'
import { ATTENDANCES, type Attendance } from './transitions.ts'

type Shown = {
  slug: string
  session: Session
  name: string
  learners: Learner[]
  next: string | null
  /** The session has begun, somewhere on earth. */
  hasBegun: boolean
  jeton: string
  given?: Map<string, Attendance>
  refusal?: Refusal | null
}

/** Who attended, as one form: a choice for each person, as noted so far. */
export function attendancePage(shown: Shown): Page {
  const { slug, session, name, refusal = null } = shown
  const path = `/organisme/${slug}/sessions/${session.id}`
  return {
    title: `Présences, ${name}`,
    body: html`<p class="up"><a href="${path}">${name}, ${daysOf(session)}</a></p>
      !${errorSummary(refusal)}
      <h1>Présences</h1>
      !${attendanceForm(path, shown)}`,
  }
}

function attendanceForm(path: string, shown: Shown): string {
  const { session, learners, next, jeton, hasBegun } = shown
  if (!hasBegun) {
    return emptyList(
      `La session commence le ${longDate(session.startsOn)} : les présences se notent à partir de ce jour.`,
    )
  }
  if (learners.length === 0) {
    return emptyList('Personne n’est inscrit.', html`<p><a href="${path}#ajouter">Inscrire des personnes</a></p>`)
  }
  return html`<p>Une personne sans réponse garde son inscription ; vous pourrez compléter et corriger plus tard.</p>
    <form method="post" action="${path}/presences" class="wide">
      !${formJeton(jeton)} !${learners.map((one) => learnerChoice(one, shown))}
      <button type="submit">Enregistrer les présences</button>
    </form>
    !${nextPage(`${path}/presences`, {}, next)}`
}

function learnerChoice(one: Learner, { session, given, refusal }: Shown): string {
  const name = `p.${one.personId}`
  if (one.who === null) return ''
  const wrong = refusal?.fields.find((field) => field.name === name)?.message
  const chosen = given?.get(one.personId) ?? one.attendance
  const choices = ATTENDANCES.filter((which) => which !== 'replay' || session.modality === 'distance')
  return html`<fieldset id="${name}" class="line" !${wrong ? html`aria-describedby="w${name}"` : ''}>
    <legend>${nameOf(one)}</legend>
    !${choices.map((which) => html`<label><input type="radio" name="${name}" value="${which}" !${which === chosen ? 'checked' : ''} />${ATTENDANCE_WORDS[which]}</label>`)}
    !${wrong ? html`<small id="w${name}" class="wrong">${wrong}</small>` : ''}
  </fieldset>`
}
