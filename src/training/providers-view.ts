import { DEPARTEMENT_CHOICES } from '../organisations/departements.ts'
import { filterForm, foundNote } from '../web/catalogue.ts'
import { counted, nextPage } from '../web/components.ts'
import { selectField, textField } from '../web/forms.ts'
import { html, longDate, type Page } from '../web/html.ts'
import type { Provider, ProvidersAsked } from './providers.ts'

type Shown = {
  asked: ProvidersAsked
  /** The badges of the common catalogue, to choose from. */
  badges: { slug: string; name: string }[]
  items: Provider[]
  total: number
  next: string | null
  baseUrl: string
}

/** The organisations that may deliver badges here: what each declares, what was checked, where it trains. */
export function providersPage({ asked, badges, items, total, next, baseUrl }: Shown): Page {
  return {
    title: 'Organismes',
    description: 'Les organismes qui délivrent des badges de la médiation numérique, par département et par badge.',
    canonical: `${baseUrl}/organisations`,
    image: `${baseUrl}/apercu.png`,
    body: html`<h1>Organismes</h1>
      <p class="lead">
        Ces organismes sont approuvés : ils délivrent ici des badges, signés de leurs propres clés. Ce qu’ils déclarent
        et ce qui a été contrôlé se lisent séparément.
      </p>
      <p>Les départements sont ceux des sessions, passées ou à venir, que l’organisme a annoncées ici.</p>
      !${filterForm('/organisations', asked, fields(asked, badges))} !${foundNote('/organisations', total, 'organisme')}
      !${
        items.length === 0
          ? ''
          : html`<ul class="results">
              !${items.map(providerItem)}
            </ul>`
      }
      !${nextPage('/organisations', asked, next)}
      <p class="remark">
        Des organismes partagent aussi leurs badges en <a href="/reseaux">réseaux</a>. Le vôtre n’est pas là ?
        <a href="/organisme/inscription">Inscrivez-le</a>.
      </p>`,
  }
}

const fields = ({ q, departement, qualiopi, badge }: ProvidersAsked, badges: Shown['badges']): string[] => [
  textField({ name: 'q', label: 'Nom de l’organisme', value: q, type: 'search', rules: 'maxlength="100"' }),
  selectField({
    name: 'departement',
    label: 'Département de ses sessions',
    value: departement,
    options: [['', 'Tous'], ...DEPARTEMENT_CHOICES],
  }),
  selectField({
    name: 'qualiopi',
    label: 'Qualiopi',
    value: qualiopi,
    options: [
      ['', 'Avec ou sans'],
      ['oui', 'déclarée ou contrôlée'],
      ['controle', 'contrôlée'],
    ],
  }),
  selectField({
    name: 'badge',
    label: 'Badge proposé',
    value: badge,
    options: [['', 'Tous'], ...badges.map((one) => [one.slug, one.name] as const)],
  }),
]

const providerItem = ({ slug, name, departements, badges, ...standing }: Provider): string =>
  html`<li>
    <a href="/organisations/${slug}">${name}</a>
    <p>
      !${qualiopiWords(standing)}. ${badges === 0 ? 'Aucune session annoncée.' : sessionWords(departements, badges)}
    </p>
  </li>`

function sessionWords(departements: string[], badges: number): string {
  const where = departements.length === 0 ? 'Sessions à distance' : `Sessions : ${departements.join(', ')}`
  return `${where}. ${counted(badges, 'badge proposé', 'badges proposés')}.`
}

function qualiopiWords({ qualiopi, checkedOn, source }: Pick<Provider, 'qualiopi' | 'checkedOn' | 'source'>): string {
  const words = qualiopi ? 'Qualiopi' : 'Sans Qualiopi'
  if (checkedOn !== null) return html`<strong>${words}, contrôlé le ${longDate(checkedOn)}</strong> (${source})`
  return qualiopi ? html`Qualiopi déclarée par l’organisme, non contrôlée` : html`Qualiopi non déclarée`
}
