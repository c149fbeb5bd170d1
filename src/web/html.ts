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
  /** Its one address, whole, whatever was asked for around it. */
  canonical?: string
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
    main: 'Principale',
    foot: 'Pied de page',
    verify: 'Vérifier un badge',
    badges: 'Badges',
    modules: 'Modules',
    metiers: 'Métiers',
    map: 'Cartographie',
    organisations: 'Organismes',
    mine: 'Mon espace',
    referential: 'Référentiels',
    api: 'API',
    accessibility: 'Accessibilité : non conforme',
    legal: 'Mentions légales',
    statistics: 'Statistiques',
    openData: 'Données ouvertes',
    privacy: 'Données personnelles',
    other: 'English',
    about: 'Insigne délivre et vérifie les badges de compétences de la médiation numérique.',
  },
  en: {
    skip: 'Skip to content',
    main: 'Main',
    foot: 'Footer',
    verify: 'Verify a badge',
    badges: 'Badges',
    modules: 'Modules',
    metiers: 'Occupations',
    map: 'Map',
    organisations: 'Organisations',
    mine: 'My space',
    referential: 'Frameworks',
    api: 'API',
    accessibility: 'Accessibility: not compliant (in French)',
    legal: 'Legal notice (in French)',
    statistics: 'Statistics (in French)',
    openData: 'Open data (in French)',
    privacy: 'Personal data (in French)',
    other: 'Français',
    about: 'Insigne issues and verifies the skills badges of digital mediation in France.',
  },
} as const

type Word = keyof (typeof WORDS)['fr']

/** Where the header leads, and what else stands under each. */
const MENU: readonly (readonly [href: string, word: Word, under?: string])[] = [
  ['/verifier', 'verify'],
  ['/badges', 'badges', '/achievements'],
  ['/modules', 'modules', '/parcours'],
  ['/metiers', 'metiers'],
  ['/cartographie', 'map'],
  ['/organisations', 'organisations', '/reseaux'],
  ['/mon-espace', 'mine'],
]
const FOOT: readonly (readonly [href: string, word: Word])[] = [
  ['/referentiels', 'referential'],
  ['/api', 'api'],
  ['/statistiques', 'statistics'],
  ['/donnees', 'openData'],
  ['/donnees-personnelles', 'privacy'],
  ['/mentions-legales', 'legal'],
  ['/accessibilite', 'accessibility'],
]

/** A whole page: landmarks, title, skip link and navigation, readable without style or script; `path` is where it stands. */
export function layout(page: Page, path = ''): string {
  return page.lang === 'en' ? document(page, path) : frenchSpaces(document(page, path))
}

function document(page: Page, path: string): string {
  const { title, lang = 'fr', alternate, body, scripts = [] } = page
  const words = WORDS[lang]
  return html`<!doctype html>
    <html lang="${lang}">
      <head>
        <meta charset="utf-8" />
        <title>${title} — Insigne</title>
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        !${previewTags(page)}
        !${alternate ? html`<link rel="alternate" hreflang="${lang === 'fr' ? 'en' : 'fr'}" href="${alternate}" />` : ''}
        <link rel="icon" href="/static/icon.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="/static/pico/pico.min.css" />
        <link rel="stylesheet" href="${STYLE}" />
        !${linkedData(page)} !${scripts.map((src) => html`<script src="${src}" defer></script>`)}
      </head>
      <body>
        <a class="skip" href="#contenu">${words.skip}</a>
        <header class="container">
          <nav aria-label="${words.main}">
            <a class="brand" href="/" !${path === '/' ? 'aria-current="page"' : ''}>Insigne</a>
            <ul>
              !${MENU.map((entry) => menuItem(entry, lang, path))}
              !${alternate ? html`<li><a href="${alternate}" lang="${lang === 'fr' ? 'en' : 'fr'}" hreflang="${lang === 'fr' ? 'en' : 'fr'}">${words.other}</a></li>` : ''}
            </ul>
          </nav>
        </header>
        <main class="container" id="contenu">!${body}</main>
        <footer class="container">
          <p>${words.about}</p>
          <nav aria-label="${words.foot}">
            <ul>
              !${FOOT.map(([href, word]) => html`<li><a href="${href}" hreflang="fr" !${current(path, href)}>${words[word]}</a></li>`)}
            </ul>
          </nav>
        </footer>
      </body>
    </html>`
}

function menuItem([href, word, under]: (typeof MENU)[number], lang: Lang, path: string): string {
  const here = current(path, href) || (under && path.startsWith(under) ? 'aria-current="true"' : '')
  return html`<li>
    <a href="${href}${lang === 'en' && word === 'verify' ? '?lang=en' : ''}" !${here}>${WORDS[lang][word]}</a>
  </li>`
}

const current = (path: string, href: string): string =>
  path === href ? 'aria-current="page"' : path.startsWith(`${href}/`) ? 'aria-current="true"' : ''

/** What others show of the page where its link is given. */
function previewTags({ title, lang = 'fr', description = WORDS[lang].about, image, canonical }: Page): string {
  const isWide = image?.endsWith('/apercu.png')
  return html`<meta name="description" content="${description}" />
    <meta property="og:type" content="website" />
    <meta property="og:site_name" content="Insigne" />
    <meta property="og:locale" content="${lang === 'fr' ? 'fr_FR' : 'en_GB'}" />
    <meta property="og:title" content="${title}" />
    <meta property="og:description" content="${description}" />
    <meta name="twitter:card" content="${isWide ? 'summary_large_image' : 'summary'}" />
    !${image ? html`<meta property="og:image" content="${image}" />` : ''}
    !${isWide ? html`<meta property="og:image:width" content="1200" /><meta property="og:image:height" content="630" />` : ''}
    !${canonical ? html`<meta property="og:url" content="${canonical}" /><link rel="canonical" href="${canonical}" />` : ''}`
}

const linkedData = ({ linked }: Page): string =>
  linked
    ? html`<script type="application/ld+json">
        !${asData(linked)}
      </script>`
    : ''

/** JSON that no text can end early: inside a script, only «<» could. */
const asData = (value: object): string => JSON.stringify(value).replaceAll('<', '\\u003c')

/** A day as it is written in that language: 3 mars 2026, 3 March 2026. */
export const longDate = (at: string | Date, lang: Lang = 'fr'): string =>
  new Date(at)
    .toLocaleDateString(lang === 'fr' ? 'fr-FR' : 'en-GB', { dateStyle: 'long', timeZone: 'Europe/Paris' })
    .replace(/^1 (?=\p{Ll})/u, '1er ') // the first of a month, in French

/** A month, `2026-03`, as it is written: mars 2026. */
export const monthWords = (month: string): string =>
  new Date(`${month}-15`).toLocaleDateString('fr-FR', { month: 'long', year: 'numeric' })

/** French keeps « : ; ! ? » on the line of the word before: the spaces of texts are made unbreakable, code is left alone. */
export const frenchSpaces = (markup: string): string =>
  markup.replaceAll(/<(pre|code|script|textarea)\b[\s\S]*?<\/\1>|<[^>]*>|[^<]+/g, (part) =>
    part.startsWith('<') ? part : part.replaceAll(/ ([:;!?»])/g, '\u00A0$1').replaceAll('« ', '«\u00A0'),
  )
