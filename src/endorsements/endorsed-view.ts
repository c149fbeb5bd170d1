import { didHost } from '../credentials/verification-view.ts'
import { html, type Lang, longDate } from '../web/html.ts'
import type { Accepted } from './endorsed.ts'

const WORDS = {
  fr: {
    title: 'Recommandations',
    intro:
      'Ce que d’autres organismes disent, avec leur propre signature. La personne ou l’organisme concerné a choisi de les montrer.',
    proven: 'identité prouvée par la signature',
    since: 'signature vérifiée le',
    json: 'Recommandation signée',
    of: (name: string, date: string) => `Recommandation signée : ${name}, ${date}`,
  },
  en: {
    title: 'Endorsements',
    intro: 'What other organisations say, under their own signature. Whom it concerns chose to show it.',
    proven: 'identity proven by the signature',
    since: 'signature verified on',
    json: 'Signed endorsement',
    of: (name: string, date: string) => `Signed endorsement: ${name}, ${date}`,
  },
} as const

/** The accepted endorsements of something, on its public page; nothing when there is none. */
export function endorsedSection(accepted: Accepted[], lang: Lang): string {
  if (accepted.length === 0) return ''
  const words = WORDS[lang]
  return html`<section aria-labelledby="recommandations">
    <h2 id="recommandations">${words.title}</h2>
    <p>${words.intro}</p>
    <ul class="plain">
      !${accepted.map((one) => html`<li>!${endorsedItem(one, lang)}</li>`)}
    </ul>
  </section>`
}

/** What one says, who says it and what proves it. */
export function endorsedItem({ id, said, endorser, givenAt }: Accepted, lang: Lang): string {
  const words = WORDS[lang]
  const date = longDate(givenAt ?? (said.credential['validFrom'] as string), lang)
  const name = said.issuer.name ?? didHost(said.issuer.id)
  const who = endorser ? html`<a href="/organisations/${endorser.slug}">${name}</a>` : html`${name}`
  return html`<figure>
    !${said.comment === null ? '' : html`<blockquote class="said-of">${said.comment}</blockquote>`}
    <figcaption>
      <strong>!${who}</strong><br />
      <small>${didHost(said.issuer.id)} (${words.proven}), ${words.since} ${date}</small><br />
      <small
        ><a href="/endorsements/${id}.${said.isToken ? 'jwt' : 'json'}" aria-label="${words.of(name, date)}"
          >${words.json}</a
        ></small
      >
    </figcaption>
  </figure>`
}
