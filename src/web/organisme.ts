import { html, type Page } from './html.ts'

/** The pages of an organisation's own space, in the order of a training: path under `/organisme/{slug}`, words, roles. */
const SECTIONS = [
  ['', 'Vue d’ensemble', ['administrateur', 'formateur', 'exploitant']],
  ['/sessions', 'Sessions', ['administrateur', 'formateur', 'exploitant']],
  ['/badges', 'Badges délivrés', ['administrateur', 'formateur', 'exploitant']],
  ['/catalogue', 'Catalogue', ['administrateur', 'formateur', 'exploitant']],
  ['/equivalences', 'Badges d’ailleurs', ['administrateur', 'exploitant']],
  ['/recommandations', 'Recommandations', ['administrateur']],
  ['/chiffres', 'Chiffres', ['administrateur', 'formateur', 'exploitant']],
  ['/besoins', 'Besoins', ['administrateur', 'employeur', 'exploitant']],
  ['/lieux', 'Lieux', ['administrateur', 'referent', 'employeur', 'exploitant']],
  ['/equipe', 'Équipe', ['administrateur', 'exploitant']],
  ['/cles', 'Clés', ['administrateur', 'exploitant']],
  ['/acces', 'Accès à l’API', ['administrateur', 'exploitant']],
  ['/webhooks', 'Envois aux outils', ['administrateur', 'exploitant']],
  ['/journal', 'Journal', ['administrateur', 'exploitant']],
] as const

type OrganismeSection = (typeof SECTIONS)[number][0]

type Space = {
  slug: string
  name: string
  section: OrganismeSection
  /** What the reader may do: pages that would be refused are not proposed. */
  roles: readonly string[]
}

/** A page of an organisation's own space: its name, its sections, then the page. */
export const organismePage = ({ slug, name, section, roles }: Space, page: Page): Page => ({
  ...page,
  title: `${page.title} — ${name}`,
  body: html`<p class="up"><a href="/organisme">Mes organismes</a></p>
    <p class="kind">${name}</p>
    <nav aria-label="${name}" class="sections">
      <ul>
        !${SECTIONS.filter(([, , allowed]) => allowed.some((one) => roles.includes(one))).map(
          ([path, words]) =>
            html`<li>
              <a href="/organisme/${slug}${path}" !${path === section ? 'aria-current="page"' : ''}>${words}</a>
            </li>`,
        )}
      </ul>
    </nav>
    !${page.body}`,
})
