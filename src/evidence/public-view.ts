import { html, type Lang, longDate } from '../web/html.ts'
import { sizeWords } from './evidence-view.ts'
import { MEDIA } from './media.ts'
import type { EvidenceFile } from './read-evidence.ts'

const WORDS = {
  fr: {
    title: 'Fichiers de preuve',
    holder: 'La personne l’a ajouté elle-même : l’organisme ne l’a pas examiné.',
    issuer: 'Déposé par l’organisme qui a délivré le badge.',
    on: 'le',
    digest: 'Empreinte SHA-256 :',
    signed:
      'Chaque empreinte figure, signée, dans la version à jour du badge : un fichier changé ne lui correspond plus.',
    current: 'Version à jour du badge, avec ce qui a été ajouté depuis (JSON)',
    added: 'Ajouté depuis la délivrance',
  },
  en: {
    title: 'Evidence files',
    holder: 'Added by the person: the organisation did not examine it.',
    issuer: 'Deposited by the organisation that issued the badge.',
    on: 'on',
    digest: 'SHA-256 digest:',
    signed:
      'Each digest is signed in the up-to-date version of the badge: a file that was changed no longer matches it.',
    current: 'Up-to-date version of the badge, with what was added since (JSON)',
    added: 'Added since it was issued',
  },
} as const

/** What the page of a badge says of what was added to it: the files that its holder shows, and its present version. */
export function addedSection(credentialId: string, files: EvidenceFile[], lang: Lang): string {
  const words = WORDS[lang]
  return html`!${files.length === 0 ? '' : filesSection(files, lang)}
    <section aria-labelledby="ajouts">
      <h2 id="ajouts">${words.added}</h2>
      <p><a href="/credentials/${credentialId}/refresh">${words.current}</a></p>
    </section>`
}

function filesSection(files: EvidenceFile[], lang: Lang): string {
  const words = WORDS[lang]
  return html`<section aria-labelledby="fichiers-de-preuve">
    <h2 id="fichiers-de-preuve">${words.title}</h2>
    <ul>
      !${files.map(
        ({ id, name, description, mediaType, size, depositor, createdAt, sha256 }) =>
          html`<li>
            <a href="/evidence/${id}" lang="fr">${name}</a>
            <small>(${MEDIA[mediaType].words}, ${sizeWords(size)}, ${words.on} ${longDate(createdAt, lang)})</small>
            !${description === '' ? '' : html`<br /><span lang="fr">${description}</span>`}
            <br />${words[depositor]} <br /><small
              >${words.digest} <code title="${sha256}">${sha256.slice(0, 16)}…</code></small
            >
          </li>`,
      )}
    </ul>
    <p class="remark">${words.signed}</p>
  </section>`
}
