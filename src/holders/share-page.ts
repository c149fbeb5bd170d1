import { checkedWords, issuerView, markOf, nameOf, toneOf } from '../wallet/marks.ts'
import type { ImportedBadge } from '../wallet/read-imports.ts'
import { tag } from '../web/components.ts'
import { html, type Lang, longDate, type Page } from '../web/html.ts'
import type { OpenShare, SharedBadge } from './open-share.ts'

const WORDS = {
  fr: {
    of: 'Badges de',
    unnamed: 'Badges partagés par leur titulaire',
    lead: 'La personne à qui ces badges ont été délivrés vous les montre par ce lien.',
    fresh: 'Chacun vient d’être vérifié.',
    freshHere: 'Ceux délivrés ici viennent d’être vérifiés.',
    until: 'Ce lien s’ouvre jusqu’au',
    hidden:
      'Elle n’a pas choisi d’afficher son nom : sur la page de chaque badge, vous pouvez taper le nom ou l’adresse que vous connaissez, pour savoir s’il lui appartient.',
    shown:
      'Elle a choisi d’afficher son nom, tel que les badges l’attestent. Pour vous en assurer, ouvrez la page d’un badge et tapez-le.',
    badges: 'Les badges',
    none: 'Les badges de ce lien ne sont plus publiés.',
    valid: 'Valable',
    invalid: 'Non valable',
    indeterminate: 'À vérifier plus tard',
    issuer: 'Délivré par',
    issued: 'Délivré le',
    elsewhere: 'Badges délivrés ailleurs',
    apart:
      'D’autres plateformes ont délivré ces badges, et en répondent seules. Ils ne sont pas vérifiés à chaque lecture : chacun porte le jour de sa dernière vérification. Pour en juger aujourd’hui, demandez son fichier à la personne.',
    end: 'Valable jusqu’au',
    forever: 'Sans date de fin',
    meaning: 'Ce que ce badge ne veut pas dire :',
    page: 'Vérifier et tout voir sur ce badge',
    habilitation: 'Habilitation Aidants Connect',
    about:
      'Une habilitation vaut dans une structure, avec le mandat de la personne aidée. Ce n’est pas une certification.',
    noHabilitation: 'Cette personne n’a pas d’habilitation Aidants Connect enregistrée ici.',
    active: 'En vigueur',
    suspended: 'Suspendue',
    ended: 'Retirée',
    since: 'donnée le',
    gone: 'Ce lien ne montre plus rien',
    goneWhy: 'Il est arrivé au bout de sa durée, ou la personne qui l’a créé l’a retiré.',
    unknown: 'Ce lien n’existe pas',
    unknownWhy: 'Il est incomplet, ou il a été oublié après sa fin.',
    mend: 'Demandez un autre lien à la personne qui vous l’a donné. Si elle vous a remis un badge, vous pouvez le vérifier sans elle.',
    verify: 'Vérifier un badge',
  },
  en: {
    of: 'Badges of',
    unnamed: 'Badges shared by their holder',
    lead: 'The person to whom these badges were issued shows them to you by this link.',
    fresh: 'Each one was verified just now.',
    freshHere: 'Those issued here were verified just now.',
    until: 'This link opens until',
    hidden:
      'This person did not choose to show a name: on the page of each badge you can type the name or e-mail you know, to find out whether the badge is theirs.',
    shown:
      'This person chose to show this name, as attested by the badges. To make sure of it, open the page of a badge and type it.',
    badges: 'The badges',
    none: 'The badges of this link are no longer published.',
    valid: 'Valid',
    invalid: 'Not valid',
    indeterminate: 'To be checked later',
    issuer: 'Issued by',
    issued: 'Issued on',
    elsewhere: 'Badges issued elsewhere',
    apart:
      'Other platforms issued these badges, and answer for them alone. They are not verified at each reading: each one bears the day of its last verification. To judge today, ask the person for its file.',
    end: 'Valid until',
    forever: 'No end date',
    meaning: 'What this badge does not mean:',
    page: 'Verify this badge and see all of it',
    habilitation: 'Aidants Connect authorisation',
    about:
      'An authorisation holds within one organisation, with the mandate of the person who is helped. It is not a certification.',
    noHabilitation: 'This person has no Aidants Connect authorisation recorded here.',
    active: 'In force',
    suspended: 'Suspended',
    ended: 'Withdrawn',
    since: 'given on',
    gone: 'This link no longer shows anything',
    goneWhy: 'It has reached its end, or the person who made it withdrew it.',
    unknown: 'This link does not exist',
    unknownWhy: 'It is incomplete, or it was forgotten after its end.',
    mend: 'Ask the person who gave it to you for another one. If you were handed a badge, you can verify it on your own.',
    verify: 'Verify a badge',
  },
} as const

const TONES = { valid: 'valid', invalid: 'invalid', indeterminate: 'waiting' } as const
const STATE_TONES = { active: 'valid', suspended: 'waiting', ended: 'invalid' } as const

type Shown = OpenShare & { path: string; lang: Lang }

const otherLang = (path: string, lang: Lang): string => `${path}?lang=${lang === 'fr' ? 'en' : 'fr'}`

/** What a link shows: who, if the person chose so, and each badge with its verdict. */
export function sharePage({ badges, elsewhere, names, habilitations, expiresAt, path, lang }: Shown): Page {
  const words = WORDS[lang]
  const title = names === null || names.length === 0 ? words.unnamed : `${words.of} ${names.join(', ')}`
  return {
    title,
    lang,
    alternate: otherLang(path, lang),
    body: html`<h1>${title}</h1>
      <p class="lead">
        ${words.lead} ${badges.length === 0 ? '' : elsewhere.length === 0 ? words.fresh : words.freshHere}
      </p>
      !${badges.length === 0 && elsewhere.length > 0 ? '' : ownSection(badges, names, lang)}
      !${elsewhere.length === 0 ? '' : elsewhereSection(elsewhere, lang)}
      !${habilitations === null ? '' : habilitationsView(habilitations, lang)}
      <p class="remark">${words.until} ${longDate(lastDay(expiresAt), lang)}.</p>`,
  }
}

function ownSection(badges: SharedBadge[], names: OpenShare['names'], lang: Lang): string {
  const words = WORDS[lang]
  return html`<p>${names === null ? words.hidden : words.shown}</p>
    <section aria-labelledby="badges">
      <h2 id="badges">${words.badges}</h2>
      !${badges.length === 0 ? html`<p class="unknown">${words.none}</p>` : ''}
      <ul class="held mine">
        !${badges.map((one) => badgeTile(one, lang))}
      </ul>
    </section>`
}

/** Those that others issued, never among ours: how each was checked, and when. */
function elsewhereSection(badges: ImportedBadge[], lang: Lang): string {
  const words = WORDS[lang]
  const now = new Date()
  return html`<section aria-labelledby="ailleurs">
    <h2 id="ailleurs">${words.elsewhere}</h2>
    <p>${words.apart}</p>
    <ul class="held">
      !${badges.map((one) => elsewhereTile(one, now, lang))}
    </ul>
  </section>`
}

function elsewhereTile(badge: ImportedBadge, now: Date, lang: Lang): string {
  const words = WORDS[lang]
  const { validFrom, validUntil, verdict, summary } = badge
  return html`<li class="tile">
    <h3>${nameOf(badge)}</h3>
    <p>!${tag(markOf(badge, now, lang), toneOf(badge, now))}</p>
    !${verdict === 'valid' ? '' : html`<p lang="fr">${summary}</p>`}
    <p>${words.issuer}&nbsp;: !${issuerView(badge, lang)}</p>
    <p>
      ${validFrom ? `${words.issued} ${longDate(validFrom, lang)}.` : ''}
      ${validUntil ? `${words.end} ${longDate(validUntil, lang)}` : words.forever}.
    </p>
    <p class="remark">${checkedWords(badge, lang)}</p>
  </li>`
}

/** A link ends with a day: its end is the first moment of the next one. */
export const lastDay = (expiresAt: Date): string => new Date(expiresAt.getTime() - 1000).toISOString()

function badgeTile({ id, about, organisation, validFrom, validUntil, verification }: SharedBadge, lang: Lang): string {
  const words = WORDS[lang]
  const { verdict, summary } = verification
  const name = lang === 'fr' ? about.name : about.name_en
  return html`<li class="tile">
    <img src="/achievements/${about.slug}/${about.version}/image.svg" alt="" width="96" height="96" />
    <div>
      <h3>${name}</h3>
      <p>!${tag(words[verdict], TONES[verdict])}</p>
      <p>${summary}</p>
      <p>
        ${words.issuer} ${organisation}.<br />${words.issued} ${longDate(validFrom, lang)}.
        ${validUntil ? `${words.end} ${longDate(validUntil, lang)}` : words.forever}.
      </p>
      <p class="remark">
        <strong>${words.meaning}</strong> ${lang === 'fr' ? about.does_not_mean : about.does_not_mean_en}
      </p>
      <p><a href="/credentials/${id}?lang=${lang}" aria-label="${words.page}, ${name}">${words.page}</a></p>
    </div>
  </li>`
}

function habilitationsView(held: NonNullable<OpenShare['habilitations']>, lang: Lang): string {
  const words = WORDS[lang]
  return html`<section aria-labelledby="habilitation">
    <h2 id="habilitation">${words.habilitation}</h2>
    <p>${words.about}</p>
    !${
      held.length === 0
        ? html`<p class="unknown">${words.noHabilitation}</p>`
        : html`<ul>
            !${held.map(
              ({ structure, grantedAt, state }) =>
                html`<li>
                  !${tag(words[state], STATE_TONES[state])} ${structure}, ${words.since} ${longDate(grantedAt, lang)}
                </li>`,
            )}
          </ul>`
    }
  </section>`
}

/** A link that shows nothing: why, and what to do; whose it was is not told. */
export function shareGonePage(why: 'ended' | 'unknown', path: string, lang: Lang): Page {
  const words = WORDS[lang]
  const [title, sentence] = why === 'ended' ? [words.gone, words.goneWhy] : [words.unknown, words.unknownWhy]
  return {
    title,
    lang,
    alternate: otherLang(path, lang),
    body: html`<h1>${title}</h1>
      <p class="lead">${sentence}</p>
      <p>${words.mend}</p>
      <p><a href="/verifier?lang=${lang}">${words.verify}</a></p>`,
  }
}
