import { html, type Page } from './html.ts'

/** The pages of someone's own space: path under `/mon-espace`, words. */
const SECTIONS = [
  ['', 'Mes badges'],
  ['/badges-d-ailleurs', 'Badges d’ailleurs'],
  ['/competences', 'Compétences'],
  ['/parcours', 'Parcours'],
  ['/metiers', 'Métiers'],
  ['/partages', 'Partages'],
  ['/cv', 'CV'],
  ['/preuves', 'Preuves'],
  ['/applications', 'Applications'],
  ['/donnees', 'Données'],
] as const

export type EspaceSection = (typeof SECTIONS)[number][0]

/** A page of someone's own space: its sections, then the page; `section` is null on a page that is none of them. */
export const espacePage = (section: EspaceSection | null, page: Page): Page => ({
  ...page,
  body: html`<nav aria-label="Mon espace" class="sections">
      <ul>
        !${SECTIONS.map(
          ([path, words]) =>
            html`<li>
              <a href="/mon-espace${path}" !${path === section ? 'aria-current="page"' : ''}>${words}</a>
            </li>`,
        )}
      </ul>
    </nav>
    !${page.body}`,
})
