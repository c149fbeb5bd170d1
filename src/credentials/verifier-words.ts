/** Words of the page `/verifier`, in both languages. */
export const WORDS = {
  fr: {
    title: 'Vérifier un badge',
    intro:
      'Déposez ce que vous avez reçu, ou collez le lien. La réponse dit si le badge est authentique, ce qu’il atteste et à qui il a été délivré. Rien de ce que vous donnez n’est conservé : seul le verdict est compté.',
    file: 'Fichier du badge',
    hint: 'PDF (CV, badge), image PNG ou SVG, fichier JSON, ou photo d’un QR code en JPEG ou PNG. Plusieurs à la fois : 50 fichiers, 8 Mo chacun, 40 Mo en tout.',
    or: 'ou collez un lien',
    url: 'Lien du badge',
    urlHint: 'L’adresse de la page du badge, ou d’une page de badges partagés.',
    recipient: 'Nom ou adresse de la personne (facultatif)',
    recipientHint:
      'Comme sur le CV ; accents et majuscules ne comptent pas. Pour plusieurs personnes, écrivez un nom par ligne.',
    at: 'Valable à cette date (facultatif)',
    submit: 'Vérifier',
    waiting: 'Vérification en cours…',
    phone:
      'Sur un téléphone, l’appareil photo ouvre de lui-même la page d’un QR code : vous pouvez aussi envoyer ici la photo du code.',
    chosen: 'Fichiers choisis',
    again: 'Vérifier un autre badge',
    mend: 'Que faire ?',
    correct: 'À corriger',
    unreadable: 'Ce badge n’a pas pu être lu',
  },
  en: {
    title: 'Verify a badge',
    intro:
      'Drop what you received, or paste the link. The answer says whether the badge is genuine, what it attests and whom it was issued to. Nothing of what you give is kept: only the verdict is counted.',
    file: 'Badge file',
    hint: 'PDF (CV, badge), PNG or SVG image, JSON file, or photo of a QR code in JPEG or PNG. Several at once: 50 files, 8 MB each, 40 MB in all.',
    or: 'or paste a link',
    url: 'Badge link',
    urlHint: 'The address of the badge’s page, or of a page of shared badges.',
    recipient: 'Name or e-mail of the person (optional)',
    recipientHint: 'As on the CV; accents and capitals do not matter. For several people, write one name per line.',
    at: 'Valid on this date (optional)',
    submit: 'Verify',
    waiting: 'Verifying…',
    phone:
      'On a phone, the camera opens the page of a QR code by itself: you may also send the photo of the code here.',
    chosen: 'Files chosen',
    again: 'Verify another badge',
    mend: 'What to do?',
    correct: 'To be corrected',
    unreadable: 'This badge could not be read',
  },
} as const

/** What cannot be read or answered, in English, by its code: what happened, what to do. The French is the error's own. */
export const REFUSALS_EN: Record<string, [message: string, mend: string]> = {
  unsupported: [
    'This is not a badge that this service can read.',
    'Send the badge as PDF, PNG, SVG or JSON, a JPEG or PNG photo of its QR code, or paste the link of its page.',
  ],
  json_malformed: ['The badge is not readable JSON: it is cut or damaged.', 'Download the original file again.'],
  url_unreachable: [
    'This address gave no badge: it does not answer, is not public, or is not https.',
    'Check the link in a browser, or send the badge’s file.',
  ],
  url_gone: [
    'The issuer says that the badge was withdrawn from this address: it was revoked, or erased.',
    'Ask the person, or the organisation that issued it, what became of it.',
  ],
  not_found: ['There is no badge at this address.', 'Check the link, or ask the person for the file.'],
  erased: [
    'The holder of this badge asked for the erasure of her or his data: it is no longer published here.',
    'If the person gave you the badge’s file, verify that file: it still holds.',
  ],
  share_ended: [
    'This share link has ended, was withdrawn, or never existed.',
    'Ask the person for a new link, or for the badge’s file.',
  ],
  picture_unreadable: [
    'This photo is too large, damaged, or took too long to read.',
    'Take it again, closer: the QR code alone, straight and sharp. Or paste the link of the badge’s page.',
  ],
  no_badge: [
    'This image holds no badge, and no QR code was found in it.',
    'Send the original file: a screenshot or a recompressed image has lost the badge. Or photograph the QR code closely.',
  ],
  two_badges: [
    'This image holds several badges: which one it shows cannot be told.',
    'Ask the person for the file issued by the organisation.',
  ],
  qr_not_a_link: [
    'The QR code does not lead to a badge’s page.',
    'Photograph the QR code on the badge or beside it, or paste the link of the page.',
  ],
  png_damaged: ['This PNG file is damaged or is not one.', 'Download the original file again and send it unchanged.'],
  svg_damaged: [
    'This SVG file is damaged or holds forbidden elements.',
    'Download the original file again and send it unchanged.',
  ],
  pdf_without_badge: [
    'This PDF holds neither a badge nor a link to the page of one.',
    'Ask the person for the file or the link of the badge. A printed QR code is verified from a photo.',
  ],
  pdf_encrypted: [
    'This PDF is protected by a password.',
    'Open it, save it without a password, or ask for the badge itself.',
  ],
  pdf_damaged: ['This PDF is damaged.', 'Download the original file again.'],
  pdf_too_heavy: [
    'This PDF took too long to read, or asked for too much memory: it was not examined.',
    'Try again, or send the badge itself (PNG, SVG or JSON) or the link of its page.',
  ],
  too_large: ['What was sent is too large.', 'Send fewer or smaller files: 8 MB each, 40 MB in all.'],
  file_empty: ['This file is empty.', 'Choose the original file again.'],
  too_many_files: ['More than fifty files were sent.', 'Send them in several times.'],
  too_many_names: ['More than fifty names were typed, or one is too long.', 'Shorten the list: one name per line.'],
  nothing_given: ['No file and no link was given.', 'Choose a file or paste a link, then try again.'],
  date_invalid: ['The date is not readable.', 'Write it 2026-03-12.'],
  not_in_time: ['This badge was not examined: the whole took too long.', 'Send it alone.'],
  too_many_badges: ['This badge was not examined: there are more than two hundred.', 'Send it apart.'],
}
