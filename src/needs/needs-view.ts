import { DEPARTEMENT_CHOICES } from '../organisations/departements.ts'
import type { Organisation } from '../organisations/organisations.ts'
import { facts, sources } from '../web/components.ts'
import { espacePage } from '../web/espace.ts'
import { buttonForm, doneNote, errorSummary, formJeton, type Given, type Refusal, selectField } from '../web/forms.ts'
import { html, longDate, type Page } from '../web/html.ts'
import { organismePage } from '../web/organisme.ts'
import { countsAsEmployer, type Declaration } from './needs.ts'
import { type Answer, ANSWERS, OWN_RESPONDENTS, RESPONDENTS, THEME_LIST, THEMES } from './themes.ts'

export const OWN_PATH = '/mon-espace/besoins'
export const teamPath = (slug: string): string => `/organisme/${slug}/besoins`

/** What someone typed, or what was declared before, and what is to be corrected. */
type Filled = { given: Given; refusal: Refusal | null }
type OwnShown = Filled & { declared: Declaration[]; jeton: string; done: string | undefined }

/** What a person declared as each respondent, and the form that declares anew. */
export const ownNeedsPage = ({ declared, jeton, done, ...filled }: OwnShown): Page =>
  espacePage('/parcours', {
    title: 'Mes besoins de formation',
    body: html`<p class="up"><a href="/mon-espace/parcours">Mes parcours</a></p>
      <h1>Mes besoins de formation</h1>
      !${errorSummary(filled.refusal)} !${doneNote(done)}
      <p class="lead">
        Dites sur quoi une formation vous serait utile. Comptées avec celles des autres, vos réponses montrent quelles
        formations manquent, à qui et où.
      </p>
      !${
        declared.length === 0
          ? ''
          : html`<section aria-labelledby="dit">
              <h2 id="dit">Ce que vous avez dit</h2>
              <ul class="held">
                !${declared.map((one) => ownTile(one, jeton))}
              </ul>
            </section>`
      }
      !${whatBecomes('vous')}
      <h2>${declared.length === 0 ? 'Répondre' : 'Répondre à nouveau'}</h2>
      !${needForm(
        { action: OWN_PATH, jeton, question: 'Une formation vous serait-elle utile sur ces thèmes ?', ...filled },
        html`!${selectField({
          name: 'respondent',
          label: 'Vous répondez en tant que',
          hint: 'Une réponse pour chaque activité que vous exercez. Ce que des employeurs disent de leur équipe se déclare depuis la page de l’organisme.',
          options: [['', 'Choisissez'], ...OWN_RESPONDENTS.map((one) => [one, RESPONDENTS[one]] as const)],
          value: filled.given['respondent'],
          refusal: filled.refusal,
          rules: 'required',
        })}`,
      )}
      !${SOURCES}`,
  })

const ownTile = (one: Declaration, jeton: string): string =>
  html`<li class="tile">
    <h3>${RESPONDENTS[one.respondent]}</h3>
    !${declarationFacts(one)}
    <p><a href="${OWN_PATH}?respondent=${one.respondent}#repondre">Changer ces réponses</a></p>
    !${buttonForm({
      action: `${OWN_PATH}/retrait`,
      jeton,
      label: 'Retirer ces réponses',
      name: `Retirer ces réponses : ${RESPONDENTS[one.respondent]}`,
      fields: { respondent: one.respondent },
    })}
  </li>`

type TeamShown = Filled & {
  organisation: Organisation
  roles: readonly string[]
  declared: Declaration | null
  jeton: string
  done: string | undefined
}

/** What an organisation declared for its team, and the form that declares anew. */
export const teamNeedsPage = ({ organisation, roles, declared, jeton, done, ...filled }: TeamShown): Page =>
  organismePage(
    { slug: organisation.slug, name: organisation.name, section: '/besoins', roles },
    {
      title: 'Besoins de formation de l’équipe',
      body: html`<h1>Besoins de formation de l’équipe</h1>
        !${errorSummary(filled.refusal)} !${doneNote(done)}
        <p class="lead">
          Dites, en tant qu’employeur, sur quoi une formation serait utile à votre équipe. Chaque personne de l’équipe
          répond pour elle-même dans son espace : les deux se comptent à part.
        </p>
        !${
          declared === null
            ? ''
            : html`<section class="tile" aria-labelledby="dit">
                <h2 id="dit">Ce que l’organisme a dit</h2>
                !${declarationFacts(declared)}
                !${buttonForm({ action: `${teamPath(organisation.slug)}/retrait`, jeton, label: 'Retirer ces réponses' })}
              </section>`
        }
        !${whatBecomes('l’organisme')}
        !${
          countsAsEmployer(organisation)
            ? html`<h2>${declared === null ? 'Répondre' : 'Répondre à nouveau'}</h2>
                !${needForm({ action: teamPath(organisation.slug), jeton, question: 'Une formation serait-elle utile à votre équipe sur ces thèmes ?', ...filled })}`
            : html`<p class="note">Un organisme répond une fois approuvé par l’exploitant du service.</p>`
        }
        !${SOURCES}`,
    },
  )

const declarationFacts = ({ answers, departement, declaredAt }: Declaration): string => {
  const saying = (wanted: Answer): string =>
    THEME_LIST.filter(({ code }) => answers[code] === wanted)
      .map(({ label }) => label)
      .join(', ')
  return facts([
    ['Dit le', longDate(declaredAt)],
    ['Département', departementWords(departement)],
    ['Utile', saying('oui') || 'aucun thème'],
    ['Pas nécessaire', saying('non') || 'aucun thème'],
    ['Ne sait pas', saying('nsp') || 'aucun thème'],
  ])
}

const departementWords = (code: string | null): string =>
  DEPARTEMENT_CHOICES.find(([one]) => one === code)?.[1] ?? 'non précisé'

type Form = Filled & { action: string; jeton: string; question: string }

const needForm = ({ action, jeton, question, given, refusal }: Form, first = ''): string =>
  html`<form method="post" action="${action}" class="wide" id="repondre">
    !${formJeton(jeton)} !${first}
    !${selectField({
      name: 'departement',
      label: 'Département (facultatif)',
      hint: 'Là où l’on travaille : il dit où des formations manquent.',
      options: [['', 'Non précisé'], ...DEPARTEMENT_CHOICES],
      value: given['departement'],
      refusal,
    })}
    <fieldset>
      <legend>${question}</legend>
      !${THEME_LIST.map(({ code, hint }) => themeChoice(code, hint, given[code] ?? 'nsp'))}
    </fieldset>
    <button type="submit">Enregistrer les réponses</button>
  </form>`

const themeChoice = (code: keyof typeof THEMES, hint: string, chosen: unknown): string =>
  html`<fieldset id="${code}" class="line">
    <legend>${THEMES[code]} !${hint === '' ? '' : html`<small>${hint}</small>`}</legend>
    !${Object.entries(ANSWERS).map(([value, words]) => html`<label><input type="radio" name="${code}" value="${value}" !${value === chosen ? 'checked' : ''} />${words}</label>`)}
  </fieldset>`

const whatBecomes = (who: string): string =>
  html`<section aria-labelledby="devenir">
    <h2 id="devenir">Ce que deviennent ces réponses</h2>
    <ul>
      <li>
        Elles sont comptées par thème, par sorte de répondante ou de répondant et par territoire, pour les
        <a href="/statistiques">statistiques</a>. Aucune page ne les montre une par une, sauf à ${who}.
      </li>
      <li>Un nombre trop petit, qui pourrait désigner quelqu’un, n’est pas publié.</li>
      <li>Pour chaque période, seule la dernière réponse donnée pendant la période compte.</li>
      <li>
        Retirées, elles sont effacées et ne comptent plus dans les publications à venir. Une publication parue ne change
        pas : elle ne contient que des nombres.
      </li>
    </ul>
  </section>`

/** Where the themes were read, those of the same origin together. */
const SOURCES = sources(
  Array.from(
    Map.groupBy(THEME_LIST, (one) => one.note),
    ([note, themes]) => ({
      document: 'observatoire-2022',
      lines: themes.map((one) => one.lines).join(', '),
      note: `${themes.map((one) => `« ${one.label} »`).join(', ')}, ${note}`,
    }),
  ),
)
