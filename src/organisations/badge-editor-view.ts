import { FAMILIES, PICTOGRAMS } from '../badges/image.ts'
import { badgeImageSvg, FAMILY_WORDS } from '../badges/render.ts'
import type { Achievement, AlignedCompetence } from '../badges/schema.ts'
import { capital, emptyList, tag } from '../web/components.ts'
import {
  areaField,
  buttonForm,
  doneNote,
  errorSummary,
  formJeton,
  type Given,
  type Refusal,
  selectField,
  textField,
} from '../web/forms.ts'
import { html, type Page } from '../web/html.ts'
import { organismePage } from '../web/organisme.ts'
import { nameOf } from './badge-competences.ts'
import { VALIDITIES } from './badge-draft.ts'
import { PICTOGRAM_WORDS, VALIDITY_WORDS } from './badge-words.ts'
import type { OwnBadge } from './organisation-badges.ts'
import type { Organisation } from './organisations.ts'

export type Space = { organisation: Organisation; roles: readonly string[]; jeton: string }

/** What an image of its own would be, for a badge that has no address yet. */
export const inlineImage = (achievement: Achievement): string =>
  `data:image/svg+xml;base64,${Buffer.from(badgeImageSvg(achievement)).toString('base64')}`

/** Where a badge of the organisation stands, in one word. */
export const standing = ({ publishedVersion, withdrawnAt }: OwnBadge): string =>
  publishedVersion === null
    ? tag('brouillon', 'waiting')
    : withdrawnAt
      ? tag('retiré du catalogue', 'invalid')
      : tag(`publié, version ${publishedVersion}`, 'valid')

type Editor = Space & {
  badge: OwnBadge
  /** The badge as its draft says it, for its image; null while what was typed is refused. */
  image: string | null
  given: Given
  competences: AlignedCompetence[]
  /** What was looked for, and what was found; null when nothing was. */
  sought: { words: string; found: AlignedCompetence[] } | null
  refusal?: Refusal
  done?: string | undefined
}

/** The form by which an organisation writes its own badge: one form, each button of which keeps the draft first. */
export function editorPage(editor: Editor): Page {
  const { organisation, roles, jeton, badge, image, given, refusal, done } = editor
  const path = `/organisme/${organisation.slug}/catalogue/${badge.slug}`
  const { slug, name } = organisation
  return organismePage(
    { slug, name, section: '/catalogue', roles },
    {
      title: `Écrire un badge : ${badge.draft.name}`,
      body: html`!${errorSummary(refusal)} !${doneNote(done)}
        <div class="badge-hero">
          !${image === null ? '' : html`<img src="${image}" alt="" width="160" height="160" />`}
          <div>
            <h1>${badge.draft.name}</h1>
            <p>!${standing(badge)}</p>
          </div>
        </div>
        <p>
          Le brouillon n’est vu que de votre équipe. Une version publiée ne change plus : ce que vous écrivez ensuite
          devient la version suivante, et les badges déjà délivrés gardent la leur.
        </p>
        <form method="post" action="${path}" class="editor">
          !${formJeton(jeton)}
          <p>!${button('enregistrer', 'Enregistrer le brouillon', 'secondary')}</p>
          !${frenchPart(given, refusal)} !${englishPart(given, refusal)} !${imagePart(given, refusal)}
          !${competencesPart(editor)}
          <p class="bar">
            !${button('enregistrer', 'Enregistrer le brouillon', 'secondary')}
            !${button('apercu', 'Enregistrer et voir l’aperçu')}
          </p>
        </form>`,
    },
  )
}

const button = (value: string, words: string, look = '', label = ''): string =>
  html`<button type="submit" name="faire" value="${value}" class="${look}" !${label && html`aria-label="${label}"`}>
    ${words}
  </button>`

type Asked = (given: Given, refusal?: Refusal) => string

const frenchPart: Asked = (given, refusal) =>
  html`<fieldset>
    <legend><h2>Ce qu’il dit</h2></legend>
    !${textField({ name: 'name', label: 'Nom', hint: 'Court et concret : ce que la personne sait faire.', value: given['name'], rules: 'required minlength="3" maxlength="80"', refusal })}
    !${areaField({ name: 'description', label: 'Description', hint: 'Ce que la personne titulaire sait faire, en une ou deux phrases.', value: given['description'], rules: 'maxlength="600" rows="3"', refusal })}
    !${areaField({ name: 'criteria', label: 'Ce qu’il faut faire pour l’obtenir', hint: 'Qui vérifie quoi, et comment : une recruteuse ou un recruteur le lira.', value: given['criteria'], rules: 'maxlength="2000" rows="4"', refusal })}
    !${areaField({ name: 'does_not_mean', label: 'Ce que ce badge ne veut pas dire', hint: 'Par exemple : ce badge n’est pas une certification ; il n’atteste pas…', value: given['does_not_mean'], rules: 'maxlength="1000" rows="3"', refusal })}
    !${textField({ name: 'hours', label: 'Durée en heures (facultatif)', value: given['hours'], rules: 'inputmode="numeric" maxlength="4" pattern="[0-9]{0,4}"', refusal })}
  </fieldset>`

const englishPart: Asked = (given, refusal) =>
  html`<fieldset>
    <legend><h2>En anglais</h2></legend>
    <p class="remark">Un badge se vérifie partout en Europe : sa page existe en français et en anglais.</p>
    !${textField({ name: 'name_en', label: 'Nom en anglais', value: given['name_en'], rules: 'maxlength="80" lang="en"', refusal })}
    !${areaField({ name: 'description_en', label: 'Description en anglais', value: given['description_en'], rules: 'maxlength="600" rows="3" lang="en"', refusal })}
    !${areaField({ name: 'does_not_mean_en', label: 'Ce que ce badge ne veut pas dire, en anglais', value: given['does_not_mean_en'], rules: 'maxlength="1000" rows="3" lang="en"', refusal })}
  </fieldset>`

const LEVELS = Array.from({ length: 8 }, (_, n) => [String(n + 1), `niveau ${n + 1} sur 8`] as const)

const imagePart: Asked = (given, refusal) =>
  html`<fieldset>
    <legend><h2>Image, niveau et durée</h2></legend>
    <p class="remark">La couleur dit la famille, l’anneau dit le niveau ; le dessin est au choix.</p>
    <div class="filters">
      <div>
        !${selectField({ name: 'family', label: 'Famille', value: given['family'], options: FAMILIES.map((one) => [one, capital(FAMILY_WORDS[one])] as const), refusal })}
      </div>
      <div>
        !${selectField({ name: 'pictogram', label: 'Dessin', value: given['pictogram'], options: PICTOGRAMS.map((one) => [one, capital(PICTOGRAM_WORDS[one])] as const), refusal })}
      </div>
      <div>
        !${selectField({ name: 'level', label: 'Niveau', value: given['level'], options: [['', 'sans niveau'], ...LEVELS], refusal })}
      </div>
      <div>
        !${selectField({ name: 'validity', label: 'Validité', value: given['validity'], options: [['', 'sans date de fin'], ...VALIDITIES.map((one) => [one, VALIDITY_WORDS[one]] as const)], refusal })}
      </div>
    </div>
  </fieldset>`

type Chosen = Pick<Editor, 'competences' | 'sought'> & { refusal?: Refusal | undefined; remark?: string }
const PROPOSED = 'Les niveaux que vous donnez restent « proposés » : ils n’engagent que votre organisme.'

/** The competences chosen, and a search that keeps the draft and answers with buttons. */
export const competencesPart = ({ competences, sought, refusal, remark = PROPOSED }: Chosen): string =>
  html`<fieldset id="competences">
    <legend><h2>Compétences du référentiel</h2></legend>
    <p class="remark">${remark}</p>
    !${
      competences.length === 0
        ? emptyList('Aucune compétence encore : cherchez-en une, puis ajoutez-la.')
        : html`<ul class="plain chosen">
            !${competences.map((one) => chosen(one, refusal))}
          </ul>`
    }
    !${textField({ name: 'recherche', label: 'Chercher une compétence', hint: 'Un mot ou un code : « sécurité », « 4.2 », « pix ».', type: 'search', value: sought?.words, rules: 'maxlength="100"' })}
    <p>!${button('chercher', 'Chercher', 'secondary')}</p>
    !${sought === null ? '' : foundList(sought, new Set(competences.map(nameOf)))}
  </fieldset>`

function chosen(one: AlignedCompetence, refusal?: Refusal): string {
  const name = nameOf(one)
  const said = `${one.code} ${one.label}`
  const options = [['', 'sans niveau'], ...one.levels.map((level) => [String(level), `niveau ${level}`])] as [
    string,
    string,
  ][]
  return html`<li>
    <input type="hidden" name="competence" value="${name}" />
    <p><span class="code">${one.code}</span> ${one.label} <small>(${one.frameworkTitle}, ${one.version})</small></p>
    !${
      one.levels.length === 0
        ? html`<input type="hidden" name="niveau" value="" />`
        : selectField({
            name: 'niveau',
            id: `niveau-${name}`,
            label: `Niveau de « ${said} »`,
            value: one.level ?? '',
            options,
            refusal,
          })
    }
    !${button(`retirer ${name}`, 'Retirer', 'secondary', `Retirer « ${said} »`)}
  </li>`
}

const foundList = ({ words, found }: NonNullable<Editor['sought']>, taken: ReadonlySet<string>): string =>
  found.length === 0
    ? emptyList(`Aucune compétence ne contient « ${words} ».`, html`<p>Essayez un mot plus court, ou un autre mot.</p>`)
    : html`<h3>Trouvées pour « ${words} »</h3>
        <ul class="plain chosen">
          !${found.map((one) => {
            const name = nameOf(one)
            const action = taken.has(name)
              ? html`<small>déjà choisie</small>`
              : button(`ajouter ${name}`, 'Ajouter', 'secondary', `Ajouter « ${one.code} ${one.label} »`)
            return html`<li>
              <p>
                <span class="code">${one.code}</span> ${one.label}
                <small>(${one.frameworkTitle}, ${one.version})</small>
              </p>
              !${action}
            </li>`
          })}
        </ul>`

type Preview = Space & {
  badge: OwnBadge
  /** The page of the badge, as it will be. */
  page: Page
  version: string
  missing: readonly (readonly [field: string, words: string])[]
  refusal?: Refusal
}

/** The badge exactly as it would be published, under what is left to do. */
export function previewPage({ organisation, roles, jeton, badge, page, version, missing, refusal }: Preview): Page {
  const { slug, name } = organisation
  const path = `/organisme/${slug}/catalogue/${badge.slug}`
  const verdict =
    missing.length > 0
      ? html`<p>Il manque encore, avant de publier :</p>
          <ul>
            !${missing.map(([field, words]) => html`<li><a href="${path}#${field}">${words}</a></li>`)}
          </ul>`
      : html`<p>Publiée, la version ${version} ne changera plus. Vos sessions pourront donner ce badge aussitôt.</p>
          !${buttonForm({ action: `${path}/publication`, jeton, label: 'Publier ce badge' })}`
  return organismePage(
    { slug, name, section: '/catalogue', roles },
    {
      title: `Aperçu : ${badge.draft.name}`,
      body: html`!${errorSummary(refusal)}
        <section class="note" aria-labelledby="apercu">
          <h2 id="apercu">Aperçu, vu de votre équipe seulement</h2>
          !${verdict}
          <p><a href="${path}">Reprendre le brouillon</a></p>
        </section>
        !${page.body.replace(/^<p class="up">.*?<\/p>/, '')} !${withdrawal(badge, path, jeton)}`,
    },
  )
}

const withdrawal = ({ publishedVersion, withdrawnAt }: OwnBadge, path: string, jeton: string): string =>
  publishedVersion === null || withdrawnAt !== null
    ? ''
    : html`<section aria-labelledby="retrait">
        <h2 id="retrait">Retirer du catalogue</h2>
        <p>
          Aucune nouvelle session ne le donnera. Les sessions déjà planifiées et les badges délivrés restent valables.
        </p>
        <form method="post" action="${path}/retrait">
          !${formJeton(jeton)}
          !${textField({ name: 'reason', label: 'Motif', rules: 'required minlength="3" maxlength="1000"' })}
          <button type="submit" class="secondary">Retirer ce badge du catalogue</button>
        </form>
      </section>`
