import { capital, facts, sources } from '../web/components.ts'
import { html, type Page } from '../web/html.ts'
import { schemaOrg, shownAs } from '../web/linked.ts'
import { showLabel } from './competence-labels.ts'
import type { CompetenceEntry, Framework } from './schema.ts'

type About = Omit<Framework, 'competences'>

/** Every version of every framework, side by side. */
export function frameworkListPage(frameworks: About[], baseUrl: string): Page {
  return {
    title: 'Référentiels',
    description: 'Les référentiels de compétences de la médiation numérique, version par version, avec leurs sources.',
    canonical: `${baseUrl}/referentiels`,
    image: `${baseUrl}/apercu.png`,
    body: html`<h1>Référentiels</h1>
      <p class="lead">
        Un référentiel dit quelles compétences existent et comment elles s’appellent. Ses versions restent côte à côte :
        un badge garde celle sous laquelle il a été délivré.
      </p>
      <p>
        DigComp, le cadre européen, et Pix, le référentiel français de certification, se ressemblent sans se confondre :
        des tables de correspondance relient leurs compétences.
      </p>
      <div class="tiles">!${frameworks.map(frameworkTile)}</div>`,
  }
}

function frameworkTile(about: About): string {
  const { framework, version, title, languages, publisher, licence, levels } = about
  const label = showLabel(title, languages, framework)
  return html`<section class="tile">
    <h2><a href="/referentiels/${framework}/${version}">${label.text}</a></h2>
    !${facts([
      ['Version', version],
      ['Publié par', publisher],
      ['Licence', licence],
      ['Niveaux', levels.length === 0 ? 'sans échelle de niveaux' : `de ${levels[0]!.level} à ${levels.at(-1)!.level}`],
      ['Libellés français', standing(about)],
    ])}
  </section>`
}

const standing = ({ languages }: About): string =>
  languages.official.includes('fr') ? 'officiels' : 'libellés non officiels'

/** A framework that holds nothing else says what one does, not what one can do. */
const DUTIES = ['area', 'mission', 'activite']

/** A version of a framework: what it is, its levels, its competences by area. */
export function frameworkPage(about: About & { competences: CompetenceEntry[] }, baseUrl: string): Page {
  const { framework, version, title, languages, publisher, licence, note, levels, source } = about
  const label = showLabel(title, languages, framework)
  const holds = about.competences.every(({ kind }) => DUTIES.includes(kind)) ? 'missions et activités' : 'compétences'
  return {
    title: `${label.text}, version ${version}`,
    description: `Les ${holds} du référentiel « ${label.text} », version ${version}, publié par ${publisher}.`,
    ...shownAs(baseUrl, `/referentiels/${framework}/${version}`),
    linked: schemaOrg('DefinedTermSet', `${baseUrl}/referentiels/${framework}/${version}`, {
      name: label.text,
      version,
      publisher: { '@type': 'Organization', name: publisher },
      license: licence,
    }),
    body: html`<p class="up"><a href="/referentiels">Tous les référentiels</a></p>
      <h1>${label.text}</h1>
      !${facts([
        ['Version', version],
        ['Titre anglais', title.en === null ? null : { markup: html`<span lang="en">${title.en}</span>` }],
        ['Publié par', publisher],
        ['Licence', licence],
        ['Libellés français', standing(about)],
      ])}
      !${note === null ? '' : html`<p class="remark">${note}</p>`}
      <h2>${capital(holds)}</h2>
      !${branches(about, null)}
      !${
        levels.length === 0
          ? ''
          : html`<h2>Niveaux</h2>
              !${levelList(about)}`
      }
      !${sources(source)}`,
  }
}

/** The levels of a framework, with what is said of each. */
export function levelList({ levels, languages }: About): string {
  const remark = languages.unofficial.includes('fr') ? html`<p class="remark">Libellés français non officiels.</p>` : ''
  const items = levels.map(({ level, label, description }) => {
    const name = label && showLabel(label, languages, '')
    return html`<dt>Niveau ${level}</dt>
      <dd>${name?.text || 'sans nom'}!${description?.fr ? html` : ${description.fr}` : ''}</dd>`
  })
  return html`!${remark}
    <dl class="facts">!${items}</dl>`
}

/** The competences under one of them, each with those under it. */
function branches(about: About & { competences: CompetenceEntry[] }, parent: string | null): string {
  const { framework, version, languages, competences } = about
  const children = competences.filter((one) => (one.parent ?? null) === parent)
  if (children.length === 0) return ''
  const items = children.map(({ code, label }) => {
    const { text, lang } = showLabel(label, languages, code)
    const link = html`<a href="/referentiels/${framework}/${version}/${code}" lang="${lang}">${text}</a>`
    return html`<li><span class="code">${code}</span> !${link}!${branches(about, code)}</li>`
  })
  return html`<ul class="tree">
    !${items}
  </ul>`
}
