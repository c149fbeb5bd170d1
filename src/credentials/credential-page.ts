import type { Achievement } from '../badges/schema.ts'
import { html, type Lang, longDate, type Page } from '../web/html.ts'
import { badgeFacts, verdictView } from './verification-view.ts'
import { list, type OpenBadge } from './open-badge.ts'
import type { Verification } from './verify.ts'

const WORDS = {
  fr: {
    holder: 'À qui appartient ce badge ?',
    shown: 'Badge de',
    chosen: 'La personne a choisi d’afficher son nom. Pour vous en assurer, tapez-le, ou son adresse :',
    private:
      'Le nom de la personne n’est pas affiché : elle seule décide de le montrer. Tapez le nom ou l’adresse qui figure sur le CV pour savoir si le badge lui appartient.',
    typed: 'Nom ou adresse électronique',
    day: 'Valable à cette date (facultatif)',
    check: 'Vérifier',
    meaning: 'Ce que ce badge ne veut pas dire',
    reason: 'Raison donnée par l’organisme :',
    expired: 'Expiré le',
    lasting:
      'Ce qu’il atteste a été montré, et cela reste vérifiable : choisissez plus bas une date de sa période pour savoir s’il était valable ce jour-là.',
    files: 'Fichiers du badge',
    json: 'Badge signé (JSON)',
    jwt: 'Badge signé (JWT)',
    paper: 'à imprimer ou à joindre',
    class: 'Tout savoir sur ce badge',
    criteria: 'Ce qu’il a fallu faire',
  },
  en: {
    holder: 'Whose badge is it?',
    shown: 'Badge of',
    chosen: 'The person chose to show this name. To make sure of it, type it, or the e-mail:',
    private:
      'The person’s name is not shown: only she or he decides to show it. Type the name or e-mail found on the CV to know whether the badge is theirs.',
    typed: 'Name or e-mail',
    day: 'Valid on this date (optional)',
    check: 'Check',
    meaning: 'What this badge does not mean',
    reason: 'Reason given by the organisation:',
    expired: 'Expired on',
    lasting:
      'What it attests was shown, and can still be checked: choose a date of its period below to know whether it was valid on that day.',
    files: 'Badge files',
    json: 'Signed badge (JSON)',
    jwt: 'Signed badge (JWT)',
    paper: 'to print or attach',
    class: 'All about this badge',
    criteria: 'What it took',
  },
} as const

type Shown = {
  id: string
  achievement: Achievement
  verification: Verification
  /** The name, where the person chose to show it. */
  holder: string | null
  reason: string | null
  /** When it ended, once it has. What renews it is not said: the page would tie it to a badge that was not shown. */
  expiredOn: Date | null
  lang: Lang
  baseUrl: string
  /** What other features add to it: what others say of it, the evidence that its holder shows (markup). */
  sections: string[]
}

/** The badge but for the evidence files kept here: a section of the page tells of them, with who deposited each. */
const withoutFiles = (badge: OpenBadge, baseUrl: string): OpenBadge => ({
  ...badge,
  evidence: list(badge.evidence).filter(({ id }) => !id?.startsWith(`${baseUrl}/evidence/`)),
})

/** The page of a credential: who, what, at which level, by whom, when, whether it holds and why, and what it is not. */
export function credentialPage(shown: Shown): Page {
  const { id, achievement, verification, holder, reason, expiredOn, lang, baseUrl, sections } = shown
  const words = WORDS[lang]
  const { badge } = verification // null if its signature no longer verifies
  const name = lang === 'fr' ? achievement.name : achievement.name_en
  const description = lang === 'fr' ? achievement.description : achievement.description_en
  const url = `${baseUrl}/credentials/${id}`
  return {
    title: name,
    lang,
    description,
    image: `${url}.png`,
    alternate: `/credentials/${id}?lang=${lang === 'fr' ? 'en' : 'fr'}`,
    body: html`<article>
      <div class="badge-hero">
        <img src="/achievements/${achievement.slug}/${achievement.version}/image.svg" alt="" width="220" height="220" />
        <div>
          <h1>${name}</h1>
          !${holder === null ? '' : html`<p>${words.shown} <strong>${holder}</strong></p>`}
          <p>${description}</p>
        </div>
      </div>
      !${verdictView(verification, lang)}
      !${reason === null ? '' : html`<p class="note"><strong>${words.reason}</strong> ${reason}</p>`}
      !${
        expiredOn === null
          ? ''
          : html`<p class="note"><strong>${words.expired} ${longDate(expiredOn, lang)}.</strong> ${words.lasting}</p>`
      }
      !${badge === null ? '' : badgeFacts(withoutFiles(badge, baseUrl), lang)} !${sections}
      <section class="note" aria-labelledby="meaning">
        <h2 id="meaning">${words.meaning}</h2>
        <p>${lang === 'fr' ? achievement.does_not_mean : achievement.does_not_mean_en}</p>
      </section>
      <section aria-labelledby="holder">
        <h2 id="holder">${words.holder}</h2>
        <p>${holder === null ? words.private : words.chosen}</p>
        <form method="post" action="/verifier?lang=${lang}" enctype="multipart/form-data">
          <input type="hidden" name="url" value="${url}" />
          <label for="recipient">${words.typed}</label
          ><input id="recipient" name="recipient" required maxlength="300" autocomplete="off" />
          <label for="at">${words.day}</label><input id="at" name="at" type="date" />
          <button type="submit">${words.check}</button>
        </form>
      </section>
      <section aria-labelledby="criteria">
        <h2 id="criteria">${words.criteria}</h2>
        <p lang="fr">${achievement.criteria}</p>
        <p><a href="/achievements/${achievement.slug}/${achievement.version}">${words.class}</a></p>
      </section>
      <section aria-labelledby="files">
        <h2 id="files">${words.files}</h2>
        <ul>
          <li><a href="/credentials/${id}.pdf?lang=${lang}" download>PDF</a> — ${words.paper}</li>
          <li><a href="/credentials/${id}.png" download>PNG</a></li>
          <li><a href="/credentials/${id}.svg" download>SVG</a></li>
          <li><a href="/credentials/${id}.json" download>${words.json}</a></li>
          <li><a href="/credentials/${id}.jwt" download>${words.jwt}</a></li>
        </ul>
      </section>
    </article>`,
  }
}
