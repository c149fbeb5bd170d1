import { longDate } from '../web/html.ts'

export type Lang = 'fr' | 'en'

/** Every sentence of a verification, by its stable code. `{name}` is filled with what the check found. */
const SENTENCES: Record<string, Record<Lang, string>> = {
  verdict_valid: {
    fr: 'Badge authentique et valable au {date}.',
    en: 'Genuine badge, valid on {date}.',
  },
  verdict_invalid: {
    fr: 'Ce badge ne peut pas être accepté au {date}.',
    en: 'This badge cannot be accepted on {date}.',
  },
  verdict_indeterminate: {
    fr: 'On ne peut pas conclure au {date}.',
    en: 'No conclusion can be drawn on {date}.',
  },
  shape_ok: {
    fr: 'Le fichier est un badge Open Badges 3.0 complet.',
    en: 'The file is a complete Open Badges 3.0 badge.',
  },
  shape_invalid: {
    fr: 'Le fichier n’a pas la forme d’un badge Open Badges 3.0 (à corriger : {where}).',
    en: 'The file does not have the form of an Open Badges 3.0 badge (see {where}).',
  },
  shape_unsupported: {
    fr: 'Ce badge suit une version plus ancienne de la norme, que ce service ne sait pas encore vérifier.',
    en: 'This badge follows an older version of the standard, which this service cannot verify yet.',
  },
  shape_too_complex: {
    fr: 'Le fichier est trop grand ou trop imbriqué pour un badge : il n’a pas été examiné.',
    en: 'The file is too large or too deeply nested for a badge: it was not examined.',
  },
  context_unknown: {
    fr: 'Ce badge emploie un vocabulaire que ce service ne connaît pas : ce que signifie sa signature n’est pas sûr.',
    en: 'This badge uses a vocabulary that this service does not know: what its signature means is not certain.',
  },
  proof_ok: {
    fr: 'La signature est celle de l’émetteur et couvre tout le badge : rien n’a été modifié.',
    en: 'The signature is that of the issuer and covers the whole badge: nothing was changed.',
  },
  proof_missing: { fr: 'Le badge n’est pas signé.', en: 'The badge is not signed.' },
  proof_invalid: {
    fr: 'La signature ne correspond pas : le badge a été modifié, ou n’a pas été signé par cet émetteur.',
    en: 'The signature does not match: the badge was changed, or was not signed by this issuer.',
  },
  proof_unsupported: {
    fr: 'La signature est d’un type que ce service ne sait pas encore vérifier.',
    en: 'The signature is of a kind that this service cannot verify yet.',
  },
  issuer_mismatch: {
    fr: 'La clé qui a signé n’est pas celle de l’émetteur annoncé.',
    en: 'The key that signed is not that of the issuer named.',
  },
  issuer_unreachable: {
    fr: 'Le site de l’émetteur ne répond pas : sa clé n’a pas pu être lue. Réessayez plus tard.',
    en: 'The issuer’s site does not answer: its key could not be read. Try again later.',
  },
  refresh_none: { fr: 'Aucune version plus récente n’est annoncée.', en: 'No newer version is announced.' },
  refresh_not_followed: {
    fr: 'Une version plus récente peut exister ; elle n’a pas été demandée.',
    en: 'A newer version may exist; it was not asked for.',
  },
  not_revoked: { fr: 'Le badge n’est pas révoqué.', en: 'The badge is not revoked.' },
  revoked: { fr: 'Le badge a été révoqué par son émetteur.', en: 'The badge was revoked by its issuer.' },
  not_suspended: { fr: 'Le badge n’est pas suspendu.', en: 'The badge is not suspended.' },
  suspended: { fr: 'Le badge est suspendu par son émetteur.', en: 'The badge is suspended by its issuer.' },
  no_revocation_list: { fr: 'L’émetteur ne prévoit pas de révocation.', en: 'The issuer foresees no revocation.' },
  no_suspension_list: { fr: 'L’émetteur ne prévoit pas de suspension.', en: 'The issuer foresees no suspension.' },
  status_unreachable: {
    fr: 'La liste d’états de l’émetteur ne répond pas : on ne sait pas si le badge est révoqué. Réessayez plus tard.',
    en: 'The issuer’s status list does not answer: whether the badge is revoked is unknown. Try again later.',
  },
  status_unsupported: {
    fr: 'L’état du badge est publié sous une forme que ce service ne sait pas encore lire.',
    en: 'The badge’s status is published in a form that this service cannot read yet.',
  },
  status_invalid: {
    fr: 'La liste d’états du badge est illisible, périmée ou n’est pas de cet émetteur.',
    en: 'The badge’s status list is unreadable, out of date or not of this issuer.',
  },
  status_past_unknown: {
    fr: 'L’émetteur ne publie que l’état d’aujourd’hui : celui du jour demandé n’est pas connu.',
    en: 'The issuer only publishes today’s status: that of the day asked for is not known.',
  },
  dates_ok: { fr: 'Le badge vaut du {from} au {until}.', en: 'The badge is valid from {from} to {until}.' },
  no_expiry: {
    fr: 'Le badge vaut depuis le {from}, sans date de fin.',
    en: 'The badge is valid since {from}, with no end date.',
  },
  expired: { fr: 'Le badge a expiré le {until}.', en: 'The badge expired on {until}.' },
  not_yet_valid: { fr: 'Le badge ne vaut qu’à partir du {from}.', en: 'The badge is only valid from {from}.' },
  recipient_not_asked: {
    fr: 'Aucun nom n’a été comparé. Tapez un nom ou une adresse pour vérifier à qui le badge appartient.',
    en: 'No name was compared. Type a name or an e-mail to check whose badge it is.',
  },
  recipient_ok: {
    fr: 'Le badge a bien été délivré à la personne indiquée.',
    en: 'The badge was issued to the person named.',
  },
  recipient_linked: {
    fr: 'Le badge appartient bien à la personne indiquée : l’adresse a changé depuis, et elle a prouvé les deux.',
    en: 'The badge belongs to the person named: the address has changed since, and the person proved both.',
  },
  recipient_mismatch: {
    fr: 'Le badge n’a pas été délivré à la personne indiquée.',
    en: 'The badge was not issued to the person named.',
  },
  recipient_none: {
    fr: 'Le badge n’a été délivré à aucune des personnes indiquées.',
    en: 'The badge was issued to none of the persons named.',
  },
  recipient_unverifiable: {
    fr: 'Le badge ne permet pas cette comparaison ; essayez avec l’adresse électronique ou le nom.',
    en: 'The badge does not allow this comparison; try the e-mail or the name.',
  },
  endorsements_none: { fr: 'Aucune recommandation de tiers.', en: 'No third-party endorsement.' },
  endorsements_not_checked: {
    fr: 'Des recommandations de tiers sont jointes ; elles n’ont pas été vérifiées.',
    en: 'Third-party endorsements are attached; they were not checked.',
  },
  not_checked: { fr: 'Non examiné.', en: 'Not examined.' },
}

/** The sentence of a code, dates written as the reader writes them. */
export function sentence(code: string, lang: Lang, values: Record<string, string> = {}): string {
  const text = SENTENCES[code]?.[lang] ?? code
  return text.replaceAll(/\{(\w+)\}/g, (_, name: string) => readable(values[name] ?? '', lang))
}

const readable = (value: string, lang: Lang): string =>
  /^\d{4}-\d{2}-\d{2}$/.test(value) ? longDate(value, lang) : value

const AGAIN = {
  fr: 'Ce n’est pas un refus. Réessayez dans quelques minutes ; si cela dure, écrivez à l’organisme qui a délivré le badge.',
  en: 'This is not a refusal. Try again in a few minutes; if it lasts, write to the organisation that issued the badge.',
}
const ELSEWHERE = {
  fr: 'Ce n’est pas un refus. Ouvrez la page du badge chez son émetteur, ou demandez le badge au format Open Badges 3.0.',
  en: 'This is not a refusal. Open the badge’s page at its issuer’s, or ask for the badge in the Open Badges 3.0 format.',
}
const ORIGINAL = {
  fr: 'Ne vous fiez pas à ce fichier. Demandez à la personne le fichier d’origine, ou le lien de la page du badge.',
  en: 'Do not rely on this file. Ask the person for the original file, or for the link of the badge’s page.',
}
const ASK_THEM = {
  fr: 'Vérifiez l’orthographe, ou essayez l’adresse électronique donnée à l’organisme ; un nom d’usage peut différer. Sinon, demandez à la personne.',
  en: 'Check the spelling, or try the e-mail given to the organisation; a name in use may differ. Otherwise, ask the person.',
}

/** What to do about the check that the verdict rests on, by its code. */
const ADVICE: Record<string, Record<Lang, string>> = {
  issuer_unreachable: AGAIN,
  status_unreachable: AGAIN,
  shape_unsupported: ELSEWHERE,
  context_unknown: ELSEWHERE,
  proof_unsupported: ELSEWHERE,
  status_unsupported: ELSEWHERE,
  shape_invalid: ORIGINAL,
  shape_too_complex: ORIGINAL,
  proof_missing: ORIGINAL,
  proof_invalid: ORIGINAL,
  issuer_mismatch: ORIGINAL,
  status_invalid: ORIGINAL,
  recipient_mismatch: ASK_THEM,
  recipient_none: ASK_THEM,
  recipient_unverifiable: ASK_THEM,
  status_past_unknown: {
    fr: 'Ce n’est pas un refus. Vérifiez à la date d’aujourd’hui, ou demandez à l’émetteur l’état du badge ce jour-là.',
    en: 'This is not a refusal. Verify at today’s date, or ask the issuer for the badge’s status on that day.',
  },
  revoked: {
    fr: 'Une révocation est définitive. Sa raison, si l’organisme l’a publiée, est sur la page du badge ; parlez-en avec la personne.',
    en: 'A revocation is final. Its reason, if the organisation published it, is on the badge’s page; ask the person.',
  },
  suspended: {
    fr: 'Une suspension peut être levée : vérifiez à nouveau plus tard, ou demandez à l’organisme.',
    en: 'A suspension may be lifted: verify again later, or ask the organisation.',
  },
  expired: {
    fr: 'Demandez à la personne si le badge a été renouvelé. Pour savoir s’il valait un jour donné, choisissez cette date.',
    en: 'Ask the person whether the badge was renewed. To know whether it was valid on a given day, choose that date.',
  },
  not_yet_valid: {
    fr: 'Choisissez une date de la période du badge.',
    en: 'Choose a date within the badge’s period.',
  },
}

/** What to do about a check that says no, or could not say. */
export const advice = (code: string, lang: Lang): string => ADVICE[code]?.[lang] ?? ''
