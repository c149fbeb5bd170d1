import { count, counted, emptyList, facts, nextPage, tag } from '../web/components.ts'
import { areaField, errorSummary, formJeton, type Given, type Refusal, textField } from '../web/forms.ts'
import { html, longDate, type Page } from '../web/html.ts'
import type { Ask } from './enrolment-links.ts'
import { type Learner, nameOf } from './learners.ts'
import type { Figures, SessionPhase } from './session-list.ts'
import { priceWords } from './prices.ts'
import type { Session } from './sessions.ts'
import { daysOf, PHASE_WORDS, phaseTag, ratio, sessionDone, whereOf } from './sessions-view.ts'
import type { Attendance } from './transitions.ts'

export const ATTENDANCE_WORDS: Record<Attendance, string> = {
  present: 'présence',
  absent: 'absence',
  replay: 'rediffusion',
}

export type SessionShown = {
  slug: string
  session: Session
  name: string
  phase: SessionPhase
  figures: Figures
  learners: Learner[]
  waiting: Learner[]
  next: string | null
  asks: Ask[]
  totalAsks: number
  isLinkOpen: boolean
  /** The latest batches of results, the last first. */
  lots: { id: string; receivedAt: Date }[]
  jeton: string
  done?: string | undefined
  given?: Given
  refusal?: Refusal | null
}

/** One session: where it is, who is in it, and what there is to do next. */
export function sessionPage(shown: SessionShown): Page {
  const { slug, session, name, phase, figures, done, refusal = null } = shown
  const path = `/organisme/${slug}/sessions/${session.id}`
  const isOff = phase === 'cancelled'
  return {
    title: `${name}, ${daysOf(session)}`,
    body: html`<p class="up"><a href="/organisme/${slug}/sessions">Sessions</a></p>
      !${errorSummary(refusal)} !${sessionDone(done)}
      <h1>${name}</h1>
      <p class="lead">${daysOf(session)} !${phaseTag(phase)}</p>
      !${isOff ? html`<p class="note">Cette session est annulée. Raison donnée : ${session.cancelledReason ?? ''}</p>` : steps(path, shown)}
      !${isOff ? '' : asksSection(path, shown)}
      <section aria-labelledby="personnes">
        <h2 id="personnes">Personnes inscrites</h2>
        <p>
          ${ratio(figures.taken, session.capacity)} ${session.capacity > 1 ? 'places sont prises' : 'place est prise'}.
        </p>
        !${learnersList(path, shown)}
      </section>
      !${isOff ? '' : addSection(path, shown)}
      <section aria-labelledby="renseignements">
        <h2 id="renseignements">Renseignements</h2>
        !${facts([
          ['Badge', { markup: html`<a href="/achievements/${session.achievementSlug}">${name}</a>` }],
          ['Lieu', whereOf(session)],
          ['Places', count(session.capacity)],
          ...(session.hours === null ? [] : [['Durée', counted(session.hours, 'heure')] as const]),
          ['Prix par personne', session.priceCents === null ? 'non publié' : priceWords(session.priceCents)],
          ['État', PHASE_WORDS[phase]],
        ])}
        !${isOff ? '' : cancelForm(path, shown)}
      </section>`,
  }
}

type Step = { words: string; state: string; tone: 'valid' | 'waiting' | 'none'; link: string; action: string }

function steps(path: string, { figures, totalAsks, isLinkOpen, phase, lots, slug }: SessionShown): string {
  const { taken, waiting, seen, absent, results, pending } = figures
  const noted = seen + absent
  const asked = totalAsks > 0 ? `, ${counted(totalAsks, 'demande à décider', 'demandes à décider')}` : ''
  const list: Step[] = [
    {
      words: 'Inscriptions',
      state: `${counted(taken, 'personne inscrite', 'personnes inscrites')}${waiting > 0 ? `, ${count(waiting)} en attente` : ''}${asked}`,
      tone: totalAsks > 0 ? 'waiting' : taken > 0 ? 'valid' : 'none',
      link: `${path}/lien`,
      action: isLinkOpen ? 'Lien et code QR (ouverts)' : 'Lien et code QR',
    },
    {
      words: 'Présences',
      state: noted === 0 ? 'pas encore notées' : `${ratio(noted, taken)} notées`,
      tone: noted === 0 ? (phase === 'coming' ? 'none' : 'waiting') : noted < taken ? 'waiting' : 'valid',
      link: `${path}/presences`,
      action: 'Noter les présences',
    },
    {
      words: 'Résultats',
      state: results === 0 ? 'pas encore saisis' : counted(results, 'acquis enregistré', 'acquis enregistrés'),
      tone: results > 0 ? 'valid' : phase === 'due' ? 'waiting' : 'none',
      link: `${path}/resultats`,
      action: 'Saisir les résultats',
    },
    {
      words: 'Badges',
      state:
        results === 0
          ? 'délivrés dès les résultats'
          : pending > 0
            ? `${ratio(results - pending, results)} délivrés`
            : counted(results, 'badge délivré', 'badges délivrés'),
      tone: results === 0 ? 'none' : pending > 0 ? 'waiting' : 'valid',
      link: lots[0] ? `/organisme/${slug}/lots/${lots[0].id}` : '',
      action: lots[0] ? `Lot reçu le ${longDate(lots[0].receivedAt.toISOString())}` : '',
    },
  ]
  return html`<ol class="stages session-steps">
    !${list.map(
      ({ words, state, tone, link, action }) =>
        html`<li>
          <strong>${words}</strong> !${tag(state, tone)} !${link ? html`<br /><a href="${link}">${action}</a>` : ''}
        </li>`,
    )}
  </ol>`
}

function asksSection(path: string, { asks, totalAsks, jeton }: SessionShown): string {
  if (asks.length === 0) return ''
  return html`<section aria-labelledby="demandes">
    <h2 id="demandes">${counted(totalAsks, 'demande d’inscription', 'demandes d’inscription')} à décider</h2>
    <p>Ces personnes sont passées par le lien ou le code QR. Rien n’est enregistré pour elles avant votre décision.</p>
    <form method="post" action="${path}/demandes">
      !${formJeton(jeton)}
      <ul class="plain people">
        !${asks.map(
          ({ id, who }) =>
            html`<li>
              <label
                ><input type="checkbox" name="demandes" value="${id}" checked />
                <span><strong>${who.familyName} ${who.givenName}</strong> <small>${who.email}</small></span></label
              >
            </li>`,
        )}
      </ul>
      !${totalAsks > asks.length ? html`<p class="remark">Les ${count(asks.length)} premières sont ici ; les autres suivront.</p>` : ''}
      <p class="actions">
        <button type="submit" name="decision" value="confirm">Confirmer les personnes cochées</button>
        <button type="submit" name="decision" value="refuse" class="secondary">Refuser les personnes cochées</button>
      </p>
    </form>
  </section>`
}

const stateTag = ({ state, attendance, hasResult }: Learner): string => {
  if (hasResult) return tag('acquis', 'valid')
  if (state === 'cancelled') return tag('inscription annulée', 'invalid')
  if (state === 'waiting') return tag('en attente', 'waiting')
  if (attendance === null) return ''
  return tag(ATTENDANCE_WORDS[attendance], attendance === 'absent' ? 'invalid' : 'valid')
}

function learnersList(path: string, shown: SessionShown): string {
  const { learners, waiting, next, phase, given = {}, refusal = null, jeton } = shown
  if (learners.length + waiting.length === 0) {
    return emptyList(
      'Personne n’est encore inscrit.',
      phase === 'cancelled'
        ? ''
        : html`<p>
            <a href="#ajouter">Inscrivez des personnes</a>, ou
            <a href="${path}/lien">ouvrez un lien et son code QR</a> : elles s’inscriront elles-mêmes.
          </p>`,
    )
  }
  const list = html`<ul class="plain people">
      !${learners.map((one) => learnerItem(one, phase))}
    </ul>
    !${
      waiting.length === 0
        ? ''
        : html`<h3>Liste d’attente, dans l’ordre</h3>
            <ol class="people">
              !${waiting.map((one) => learnerItem(one, phase))}
            </ol>`
    }
    !${nextPage(path, {}, next)}`
  if (phase === 'cancelled') return list
  return html`<form method="post" action="${path}/inscriptions/retrait">
    !${formJeton(jeton)} !${list}
    <details !${given['reason'] === undefined ? '' : 'open'}>
      <summary>Retirer les personnes cochées</summary>
      !${textField({ name: 'reason', id: 'retrait-motif', label: 'Raison du retrait', hint: 'Gardée au journal.', value: given['reason'], refusal, rules: 'required minlength="3" maxlength="1000"' })}
      <button type="submit" class="secondary">Retirer les personnes cochées</button>
    </details>
  </form>`
}

function learnerItem(one: Learner, phase: SessionPhase): string {
  const said = html`<span
    ><strong>${nameOf(one)}</strong> !${one.who ? html`<small>${one.who.email}</small>` : ''} !${stateTag(one)}</span
  >`
  const mayLeave = phase !== 'cancelled' && one.who !== null && one.state !== 'cancelled' && !one.hasResult
  return mayLeave
    ? html`<li>
        <label><input type="checkbox" name="emails" value="${one.who!.email}" /> !${said}</label>
      </li>`
    : html`<li class="fixed">!${said}</li>`
}

function addSection(path: string, { jeton, given = {}, refusal = null }: SessionShown): string {
  const field = (name: string, label: string, rules: string, type = 'text') =>
    textField({ name, label, type, value: given[name], refusal, rules })
  return html`<section aria-labelledby="ajouter">
    <h2 id="ajouter">Inscrire des personnes</h2>
    <form method="post" action="${path}/inscriptions">
      !${formJeton(jeton)}
      !${field('email', 'Adresse électronique', 'required maxlength="254" autocomplete="off"', 'email')}
      <div class="pairs">
        <div>!${field('givenName', 'Prénom', 'required maxlength="100" autocomplete="off"')}</div>
        <div>!${field('familyName', 'Nom', 'required maxlength="100" autocomplete="off"')}</div>
      </div>
      <button type="submit">Inscrire cette personne</button>
    </form>
    <details !${given['lignes'] === undefined ? '' : 'open'}>
      <summary>Coller plusieurs personnes depuis un tableur</summary>
      <form method="post" action="${path}/inscriptions/lignes">
        !${formJeton(jeton)}
        !${areaField({ name: 'lignes', label: 'Une personne par ligne', hint: 'Adresse ; prénom ; nom. Des cellules copiées d’un tableur conviennent, avec ou sans ligne de titres. 500 personnes au plus.', value: given['lignes'], refusal, rules: 'required rows="6"' })}
        <button type="submit">Inscrire ces personnes</button>
      </form>
    </details>
  </section>`
}

const cancelForm = (path: string, { jeton, figures }: SessionShown): string =>
  figures.seen + figures.results > 0
    ? ''
    : html`<details>
        <summary>Annuler cette session</summary>
        <p>Les personnes inscrites ou en attente sont prévenues par message. Une session annulée ne se rouvre pas.</p>
        <form method="post" action="${path}/annulation">
          !${formJeton(jeton)}
          !${textField({ name: 'reason', id: 'annulation-motif', label: 'Raison, donnée aux personnes inscrites', rules: 'required minlength="3" maxlength="1000"' })}
          <button type="submit" class="secondary">Annuler la session</button>
        </form>
      </details>`
