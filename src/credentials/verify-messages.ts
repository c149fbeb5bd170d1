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
  shape_ok_older: {
    fr: 'Le fichier est un badge Open Badges {version} complet.',
    en: 'The file is a complete Open Badges {version} badge.',
  },
  shape_incomplete: {
    fr: 'Il manque au badge ce que demande Open Badges {version}, ou cela n’a pas la bonne forme (à corriger : {where}).',
    en: 'The badge lacks something that Open Badges {version} requires, or it is not of the right form (see {where}).',
  },
  type_missing: {
    fr: 'Le badge contient une partie qui ne dit pas ce qu’elle est (type manquant : {where}).',
    en: 'The badge has a part that does not say what it is (type missing: {where}).',
  },
  id_not_url: {
    fr: 'Un identifiant du badge n’en est pas un : il doit être une seule adresse complète ({where}).',
    en: 'An identifier of the badge is not one: it must be a single, complete address ({where}).',
  },
  text_invalid: {
    fr: 'Un nom ou une description du badge n’est pas un texte lisible ({where}).',
    en: 'A name or a description of the badge is not a readable text ({where}).',
  },
  related_invalid: {
    fr: 'Le badge s’appuie sur un document qu’il nomme deux fois, ou sans empreinte lisible ({where}).',
    en: 'The badge relies on a document that it names twice, or without a readable digest ({where}).',
  },
  context_altered: {
    fr: 'Le badge s’appuie sur un vocabulaire modifié : son empreinte n’est pas celle du vocabulaire publié à cette adresse ({where}).',
    en: 'The badge relies on an altered vocabulary: its digest is not that of the vocabulary published at that address ({where}).',
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
  hosted_ok: {
    fr: 'L’émetteur publie ce badge sur son site ({host}) : c’est ce qu’il y publie aujourd’hui qui compte. Ce badge ne vaudra que tant que le site répond.',
    en: 'The issuer publishes this badge on its site ({host}): what it publishes there today is what counts. This badge only holds as long as the site answers.',
  },
  hosted_unreachable: {
    fr: 'Ce badge ne vaut que par le site qui le publie ({host}), et ce site ne répond pas, ou pas en https. Réessayez plus tard.',
    en: 'This badge only holds by the site that publishes it ({host}), and that site does not answer, or not over https. Try again later.',
  },
  hosted_address_unknown: {
    fr: 'Ce badge d’une ancienne version ne dit pas où il est publié : seule l’adresse du site de l’émetteur peut le prouver.',
    en: 'This badge of an old version does not say where it is published: only its address on the issuer’s site can prove it.',
  },
  hosted_differs: {
    fr: 'Ce que publie le site de l’émetteur ({host}) n’est pas ce que dit ce fichier : le fichier a été modifié, ou le badge a été corrigé depuis.',
    en: 'What the issuer’s site publishes ({host}) is not what this file says: the file was changed, or the badge was corrected since.',
  },
  hosted_elsewhere: {
    fr: 'Le badge est publié par un site ({host}) qui n’est pas celui de l’émetteur qu’il nomme : rien ne prouve que celui-ci l’a délivré.',
    en: 'The badge is published by a site ({host}) that is not that of the issuer it names: nothing proves that the latter issued it.',
  },
  legacy_refused: {
    fr: 'Le validateur d’Open Badges {version} refuse ce badge (motif : {reason}).',
    en: 'The validator of Open Badges {version} refuses this badge (reason: {reason}).',
  },
  legacy_not_checked: {
    fr: 'Le validateur d’Open Badges {version} n’est pas allé au bout : ce que ce badge contient l’a arrêté, ou trop de badges étaient à vérifier. On ne sait pas s’il est authentique.',
    en: 'The validator of Open Badges {version} did not finish: something in this badge stopped it, or too many badges were being verified. Whether it is genuine is unknown.',
  },
  issuer_mismatch: {
    fr: 'La clé qui a signé n’est pas celle de l’émetteur annoncé.',
    en: 'The key that signed is not that of the issuer named.',
  },
  issuer_unreachable: {
    fr: 'Le site de l’émetteur ne répond pas : sa clé n’a pas pu être lue. Réessayez plus tard.',
    en: 'The issuer’s site does not answer: its key could not be read. Try again later.',
  },
  issuer_key_unlisted: {
    fr: 'La clé qui a signé n’est connue que par le badge : l’émetteur ne la publie pas, et rien ne dit qu’elle est la sienne.',
    en: 'The key that signed is only known from the badge: the issuer does not publish it, and nothing says that it is its own.',
  },
  jwt_malformed: {
    fr: 'Le jeton (JWT) est abîmé ou incomplet : il n’a pas les trois parties d’un jeton lisible.',
    en: 'The token (JWT) is damaged or incomplete: it does not have the three parts of a readable token.',
  },
  jwt_too_large: {
    fr: 'Le jeton (JWT) est trop grand pour un badge : il n’a pas été examiné.',
    en: 'The token (JWT) is too large for a badge: it was not examined.',
  },
  jwt_algorithm: {
    fr: 'Le jeton (JWT) n’est pas signé par un procédé qui prouve son auteur : n’importe qui a pu l’écrire.',
    en: 'The token (JWT) is not signed in a way that proves its author: anyone could have written it.',
  },
  jwt_critical: {
    fr: 'Le jeton (JWT) exige de celui qui le lit une règle que ce service ne connaît pas.',
    en: 'The token (JWT) demands of its reader a rule that this service does not know.',
  },
  jwt_private_key: {
    fr: 'La clé secrète de la signature est publiée : n’importe qui peut signer à la place de l’émetteur.',
    en: 'The secret key of the signature is published: anyone can sign in the issuer’s place.',
  },
  jwt_weak_key: {
    fr: 'La clé publiée pour ce jeton (JWT) n’est pas d’une sorte assez sûre pour signer des badges.',
    en: 'The key published for this token (JWT) is not of a kind safe enough to sign badges.',
  },
  jwt_type: {
    fr: 'Le jeton (JWT) se dit d’une autre sorte que celle d’un badge.',
    en: 'The token (JWT) says that it is of another kind than a badge.',
  },
  jwt_expired: {
    fr: 'La signature du jeton (JWT) a une durée, et elle est finie ou n’a pas commencé.',
    en: 'The signature of the token (JWT) is for a period that is over or has not begun.',
  },
  credential_form_ok: {
    fr: 'L’attestation a la forme d’un Verifiable Credential.',
    en: 'The credential has the form of a Verifiable Credential.',
  },
  credential_form: {
    fr: 'L’attestation n’a pas la forme d’un Verifiable Credential (à corriger : {where}).',
    en: 'The credential does not have the form of a Verifiable Credential (see {where}).',
  },
  dates_in_force: {
    fr: 'L’attestation est dans sa période de validité.',
    en: 'The credential is within its period of validity.',
  },
  proof_purpose: {
    fr: 'La signature de l’attestation n’a pas été faite pour l’usage demandé.',
    en: 'The signature of the credential was not made for the purpose asked for.',
  },
  proof_challenge: {
    fr: 'La signature de l’attestation ne répond pas au défi demandé.',
    en: 'The signature of the credential does not answer the challenge asked for.',
  },
  proof_domain: {
    fr: 'La signature de l’attestation a été faite pour un autre site.',
    en: 'The signature of the credential was made for another site.',
  },
  presentation_proof_ok: {
    fr: 'La présentation est signée par la personne qui la fait.',
    en: 'The presentation is signed by who makes it.',
  },
  presentation_form: {
    fr: 'La présentation n’a pas la forme d’une Verifiable Presentation (à corriger : {where}).',
    en: 'The presentation does not have the form of a Verifiable Presentation (see {where}).',
  },
  presentation_too_many: {
    fr: 'La présentation contient plus de vingt attestations : elle n’a pas été examinée.',
    en: 'The presentation holds more than twenty credentials: it was not examined.',
  },
  presentation_unsigned: { fr: 'La présentation n’est pas signée.', en: 'The presentation is not signed.' },
  presentation_purpose: {
    fr: 'La signature de la présentation n’a pas été faite pour prouver qui la fait.',
    en: 'The signature of the presentation was not made to prove who makes it.',
  },
  presentation_challenge: {
    fr: 'La présentation ne répond pas au défi demandé : elle a pu être faite pour quelqu’un d’autre, ou déjà servir.',
    en: 'The presentation does not answer the challenge asked for: it may have been made for another, or used before.',
  },
  presentation_domain: {
    fr: 'La présentation a été faite pour un autre site.',
    en: 'The presentation was made for another site.',
  },
  presentation_holder: {
    fr: 'La clé qui a signé la présentation n’est pas celle de la personne qui la fait.',
    en: 'The key that signed the presentation is not that of who makes it.',
  },
  claims_differ: {
    fr: 'Le jeton (JWT) et le badge qu’il porte ne disent pas la même chose ({claims}).',
    en: 'The token (JWT) and the badge that it carries do not say the same ({claims}).',
  },
  refresh_none: { fr: 'Aucune version plus récente n’est annoncée.', en: 'No newer version is announced.' },
  refresh_not_followed: {
    fr: 'Une version plus récente peut exister ; elle n’a pas été demandée.',
    en: 'A newer version may exist; it was not asked for.',
  },
  refresh_followed: {
    fr: 'L’émetteur a publié une version à jour de ce badge : c’est elle qui est vérifiée et montrée ici.',
    en: 'The issuer published an up-to-date version of this badge: it is the one verified and shown here.',
  },
  refresh_same: {
    fr: 'L’émetteur n’a pas publié de version plus récente : celle-ci est à jour.',
    en: 'The issuer published no newer version: this one is up to date.',
  },
  refresh_refused: {
    fr: 'À l’adresse de la version à jour se trouve un autre document, ou un badge mal signé : il a été écarté, et le badge est jugé tel qu’il a été donné.',
    en: 'At the address of the up-to-date version is another document, or a badge that is not rightly signed: it was set aside, and the badge is judged as it was given.',
  },
  refresh_unreachable: {
    fr: 'L’adresse de la version à jour ne répond pas : le badge est jugé tel qu’il a été donné.',
    en: 'The address of the up-to-date version does not answer: the badge is judged as it was given.',
  },
  not_revoked: { fr: 'Le badge n’est pas révoqué.', en: 'The badge is not revoked.' },
  revoked: {
    fr: 'Le badge a été révoqué par son émetteur{because}.',
    en: 'The badge was revoked by its issuer{because}.',
  },
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
  issue_date_unknown: {
    fr: 'Le badge ne dit ni quand il a été délivré, ni s’il a une fin.',
    en: 'The badge says neither when it was issued nor whether it ends.',
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
  endorsements_one: {
    fr: 'Une recommandation de tiers, vérifiée.',
    en: 'One third-party endorsement, verified.',
  },
  endorsements_ok: {
    fr: '{all} recommandations de tiers, toutes vérifiées.',
    en: '{all} third-party endorsements, all verified.',
  },
  endorsements_partly: {
    fr: 'Recommandations de tiers vérifiées : {valid} sur {all}. Ne tenez pas compte des autres.',
    en: 'Third-party endorsements verified: {valid} of {all}. Leave the others aside.',
  },
  endorsements_self: {
    fr: 'L’émetteur recommande lui-même ce qu’il délivre : ce n’est pas l’avis d’un tiers.',
    en: 'The issuer endorses what it issues itself: it is not the word of a third party.',
  },
  endorsements_invalid: {
    fr: 'Aucune des recommandations jointes n’est vérifiée : n’en tenez pas compte. Le badge lui-même n’en dépend pas.',
    en: 'None of the attached endorsements holds: leave them aside. The badge itself does not depend on them.',
  },
  endorsements_undecided: {
    fr: 'Les recommandations jointes n’ont pas pu être vérifiées. Le badge lui-même n’en dépend pas.',
    en: 'The attached endorsements could not be verified. The badge itself does not depend on them.',
  },
  endorsement_ok: {
    fr: 'Recommandation authentique et en vigueur.',
    en: 'Genuine endorsement, in force.',
  },
  endorsement_self: {
    fr: 'Authentique, mais donnée par l’émetteur du badge lui-même : ce n’est pas l’avis d’un tiers.',
    en: 'Genuine, but given by the issuer of the badge itself: it is not the word of a third party.',
  },
  endorsement_shape: {
    fr: 'À ne pas croire : elle n’a pas la forme d’une recommandation.',
    en: 'Not to be trusted: it does not have the form of an endorsement.',
  },
  endorsement_other_subject: {
    fr: 'À ne pas croire ici : elle porte sur autre chose que ce à quoi elle est jointe.',
    en: 'Not to be trusted here: it is about something else than what it is attached to.',
  },
  endorsement_proof: {
    fr: 'À ne pas croire : sa signature n’est pas celle de l’organisme qu’elle nomme, ou elle a été modifiée.',
    en: 'Not to be trusted: its signature is not that of whom it names, or it was changed.',
  },
  endorsement_revoked: {
    fr: 'Retirée par qui l’avait donnée.',
    en: 'Withdrawn by who gave it.',
  },
  endorsement_suspended: {
    fr: 'Suspendue par qui l’avait donnée.',
    en: 'Suspended by who gave it.',
  },
  endorsement_status_invalid: {
    fr: 'À ne pas croire : la liste qui dit si elle est retirée est illisible, périmée ou d’un autre émetteur.',
    en: 'Not to be trusted: the list that says whether it is withdrawn is unreadable, out of date or of another issuer.',
  },
  endorsement_dates: {
    fr: 'Elle ne vaut pas à cette date.',
    en: 'It is not in force on that date.',
  },
  endorsement_unreachable: {
    fr: 'Non vérifiée : le site de qui l’a donnée ne répond pas. Réessayez plus tard.',
    en: 'Not verified: the site of who gave it does not answer. Try again later.',
  },
  endorsement_unsupported: {
    fr: 'Non vérifiée : sa signature ou son vocabulaire est d’une sorte que ce service ne connaît pas.',
    en: 'Not verified: its signature or its vocabulary is of a kind that this service does not know.',
  },
  endorsement_status_unreachable: {
    fr: 'Non vérifiée : la liste qui dit si elle est retirée ne répond pas. Réessayez plus tard.',
    en: 'Not verified: the list that says whether it is withdrawn does not answer. Try again later.',
  },
  endorsement_status_unsupported: {
    fr: 'Non vérifiée : son état est publié sous une forme que ce service ne sait pas lire.',
    en: 'Not verified: its status is published in a form that this service cannot read.',
  },
  endorsement_status_past_unknown: {
    fr: 'Non vérifiée à cette date : seul son état d’aujourd’hui est publié.',
    en: 'Not verified on that date: only its status of today is published.',
  },
  endorsement_loop: {
    fr: 'Non retenue : elle revient à qui est déjà recommandé plus haut, et n’apporte aucun avis de plus.',
    en: 'Left aside: it comes back to who is already endorsed above, and adds nobody’s word.',
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
  type_missing: ORIGINAL,
  id_not_url: ORIGINAL,
  text_invalid: ORIGINAL,
  related_invalid: ORIGINAL,
  context_altered: ORIGINAL,
  shape_incomplete: ORIGINAL,
  hosted_differs: ORIGINAL,
  hosted_elsewhere: ORIGINAL,
  legacy_refused: ORIGINAL,
  hosted_unreachable: AGAIN,
  hosted_address_unknown: {
    fr: 'Ce n’est pas un refus. Collez l’adresse où l’émetteur publie ce badge, ou envoyez l’image d’origine.',
    en: 'This is not a refusal. Paste the address where the issuer publishes this badge, or send the original picture.',
  },
  legacy_not_checked: ELSEWHERE,
  shape_too_complex: ORIGINAL,
  proof_missing: ORIGINAL,
  proof_invalid: ORIGINAL,
  jwt_malformed: ORIGINAL,
  jwt_too_large: ORIGINAL,
  jwt_algorithm: ORIGINAL,
  jwt_critical: ORIGINAL,
  jwt_private_key: ORIGINAL,
  jwt_weak_key: ORIGINAL,
  jwt_type: ORIGINAL,
  jwt_expired: ORIGINAL,
  claims_differ: ORIGINAL,
  issuer_key_unlisted: ELSEWHERE,
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
