import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { html } from 'ghtml'

// `${value}` is escaped; `!${markup}` is not, and is kept for what another `html` made.
export { html }

export type Lang = 'fr' | 'en'
export type Page = {
  title: string
  lang?: Lang
  description?: string
  /** Address of an image for previews, when the page has one. */
  image?: string
  /** Path of the same page in the other language, when there is one. */
  alternate?: string
  /** Markup made with `html`. */
  body: string
  scripts?: string[]
  /** What the page is about, for machines (schema.org, SKOS): JSON-LD. */
  linked?: object
}

const fingerprint = (file: URL): string => createHash('sha256').update(readFileSync(file)).digest('hex').slice(0, 12)
const STYLE = `/static/insigne.css?v=${fingerprint(new URL('static/insigne.css', import.meta.url))}`

const WORDS = {
  fr: {
    skip: 'Aller au contenu',
    verify: 'Vérifier un badge',
    badges: 'Badges',
    modules: 'Modules',
    metiers: 'Métiers',
    referential: 'Référentiels',
    mine: 'Mon espace',
    api: 'API',
    privacy: 'Données personnelles',
    other: 'English',
    about: 'Insigne délivre et vérifie les badges de compétences de la médiation numérique.',
  },
  en: {
    skip: 'Skip to content',
    verify: 'Verify a badge',
    badges: 'Badges',
    modules: 'Modules',
    metiers: 'Occupations',
    referential: 'Frameworks',
    mine: 'My space',
    api: 'API',
    privacy: 'Personal data (in French)',
    other: 'Français',
    about: 'Insigne issues and verifies the skills badges of digital mediation in France.',
  },
} as const

/** A whole page: landmarks, title, skip link and navigation, readable without style or script. */
export function layout(page: Page): string {
  return page.lang === 'en' ? document(page) : frenchSpaces(document(page))
}

function document({ title, lang = 'fr', description, image, alternate, body, scripts = [], linked }: Page): string {
  const words = WORDS[lang]
  return html`<!doctype html>
    <html lang="${lang}">
      <head>
        <meta charset="utf-8" />
        <title>${title} — Insigne</title>
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="description" content="${description ?? words.about}" />
        <meta property="og:title" content="${title}" />
        !${image ? html`<meta property="og:image" content="${image}" />` : ''}
        !${alternate ? html`<link rel="alternate" hreflang="${lang === 'fr' ? 'en' : 'fr'}" href="${alternate}" />` : ''}
        <link rel="icon" href="/static/icon.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="/static/pico/pico.min.css" />
        <link rel="stylesheet" href="${STYLE}" />
        !${
          linked
            ? html`<script type="application/ld+json">
                !${asData(linked)}
              </script>`
            : ''
        }
        !${scripts.map((src) => html`<script src="${src}" defer></script>`)}
      </head>
      <body>
        <a class="skip" href="#contenu">${words.skip}</a>
        <header class="container">
          <nav aria-label="${lang === 'fr' ? 'Principale' : 'Main'}">
            <ul>
              <li><a class="brand" href="/">Insigne</a></li>
            </ul>
            <ul>
              <li><a href="/verifier${lang === 'en' ? '?lang=en' : ''}">${words.verify}</a></li>
              <li><a href="/badges">${words.badges}</a></li>
              <li><a href="/modules">${words.modules}</a></li>
              <li><a href="/metiers">${words.metiers}</a></li>
              <li><a href="/referentiels">${words.referential}</a></li>
              <li><a href="/mon-espace">${words.mine}</a></li>
              !${alternate ? html`<li><a href="${alternate}" lang="${lang === 'fr' ? 'en' : 'fr'}" hreflang="${lang === 'fr' ? 'en' : 'fr'}">${words.other}</a></li>` : ''}
            </ul>
          </nav>
        </header>
        <main class="container" id="contenu">!${body}</main>
        <footer class="container">
          <p>
            ${words.about} <a href="/api">${words.api}</a> ·
            <a href="/donnees-personnelles" hreflang="fr">${words.privacy}</a>
          </p>
        </footer>
      </body>
    </html>`
}

/** JSON that no text can end early: inside a script, only «<» could. */
const asData = (value: object): string => JSON.stringify(value).replaceAll('<', '\\u003c')

/** A day as it is written in that language: 3 mars 2026, 3 March 2026. */
export const longDate = (iso: string, lang: Lang = 'fr'): string =>
  new Date(iso)
    .toLocaleDateString(lang === 'fr' ? 'fr-FR' : 'en-GB', { dateStyle: 'long', timeZone: 'Europe/Paris' })
    .replace(/^1 (?=\p{Ll})/u, '1er ') // the first of a month, in French

/** French keeps « : ; ! ? » on the line of the word before: the spaces of texts are made unbreakable, code is left alone. */
export const frenchSpaces = (markup: string): string =>
  markup.replaceAll(/<(pre|code|script|textarea)\b[\s\S]*?<\/\1>|<[^>]*>|[^<]+/g, (part) =>
    part.startsWith('<') ? part : part.replaceAll(/ ([:;!?»])/g, '\u00A0$1').replaceAll('« ', '«\u00A0'),
  )
