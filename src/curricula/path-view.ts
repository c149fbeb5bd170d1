import type { LabelledCompetence } from '../referential/competence-labels.ts'
import { bothForms } from '../referential/metier-view.ts'
import type { Certification, Metier } from '../referential/schema.ts'
import { competenceList, facts, sources } from '../web/components.ts'
import { html, type Page } from '../web/html.ts'
import { linkTo, schemaOrg, shownAs } from '../web/linked.ts'
import { duration, publicList } from './module-view.ts'
import type { Module, Path } from './schema.ts'

/** Every path, with its summary. */
export function pathListPage(paths: Path[], baseUrl: string): Page {
  const tiles = paths.map(
    (one) =>
      html`<section class="tile">
        <h2><a href="/parcours/${one.slug}">${one.title}</a></h2>
        <p>${one.summary}</p>
      </section>`,
  )
  return {
    title: 'Parcours de formation',
    description: 'Des modules de la médiation numérique mis en ordre pour atteindre un but.',
    canonical: `${baseUrl}/parcours`,
    image: `${baseUrl}/apercu.png`,
    body: html`<h1>Parcours de formation</h1>
      <p class="lead">
        Un parcours met des modules en ordre pour atteindre un but : un métier, un titre, une habilitation ou des
        compétences. Un badge marque l’arrivée.
      </p>
      <p>
        <a class="action" href="/parcours/calculer">Calculer mon parcours</a>
        <a class="action" href="/parcours/equipe">Calculer celui d’une équipe</a>
      </p>
      <div class="tiles">!${tiles}</div>`,
  }
}

/** What a path leads to: one of these, the others empty. */
export type Target = {
  certification: Certification | null
  metier: Metier | null
  habilitation: string | null
  competences: LabelledCompetence[]
}

type Shown = { path: Path; publics: Metier[]; modules: Module[]; target: Target; baseUrl: string }

/** A path: its aim, its stages in order and the modules of each. */
export function pathPage({ path, publics, modules, target, baseUrl }: Shown): Page {
  const { slug, version, title, summary, stages, note, source } = path
  const bySlug = new Map(modules.map((one) => [one.slug, one]))
  return {
    title,
    description: summary,
    ...shownAs(baseUrl, `/parcours/${slug}`),
    linked: schemaOrg('EducationalOccupationalProgram', `${baseUrl}/parcours/${slug}`, {
      name: title,
      description: summary,
      version,
      inLanguage: 'fr',
      hasCourse: stages.flatMap((stage) => stage.modules).map((one) => linkTo(`${baseUrl}/modules/${one}`)),
    }),
    body: html`<p class="up"><a href="/parcours">Tous les parcours</a></p>
      <h1>${title}</h1>
      <p class="lead">${summary}</p>
      !${facts([
        ['But', targetFact(target)],
        ['Délai', deadline(path)],
        ['Pour qui', publics.length === 0 ? null : { markup: publicList(publics) }],
        ['Version', version],
      ])}
      !${note ? html`<p class="remark">${note}</p>` : ''}
      <h2>Étapes</h2>
      <ol class="stages">
        !${stages.map((stage) => stageItem(stage, bySlug))}
      </ol>
      !${
        target.competences.length === 0
          ? ''
          : html`<h2>Compétences visées</h2>
              !${competenceList(target.competences, true)}`
      }
      !${sources(source)}
      <p class="formats"><a href="/parcours/${slug}.json">Ce parcours en JSON</a></p>`,
  }
}

function targetFact({ certification, metier, habilitation, competences }: Target) {
  if (metier) return { markup: html`<a href="/metiers/${metier.slug}">${bothForms(metier)}</a>` }
  if (certification) {
    const { title, code } = certification
    return `se préparer au titre : ${title}${code === null ? '' : ` (${code})`}`
  }
  if (habilitation) return `habilitation ${HABILITATIONS[habilitation] ?? habilitation}`
  return competences.length === 0 ? null : 'les compétences citées plus bas'
}

const HABILITATIONS: Record<string, string> = { 'aidants-connect': 'Aidants Connect' }

function deadline({ deadline: given }: Path): string | null {
  const { months, from } = (given ?? {}) as { months?: number; from?: string }
  return months === undefined ? null : `${months} mois${from ? ` à partir de : ${from}` : ''}`
}

function stageItem({ title, modules, choose }: Path['stages'][number], bySlug: Map<string, Module>): string {
  const items = modules.map((slug) => {
    const module = bySlug.get(slug)
    const length = module && duration(module)
    return html`<li>
      <a href="/modules/${slug}">${module?.title ?? slug}</a>!${length ? html` <small>${length}</small>` : ''}
    </li>`
  })
  const rule =
    typeof choose === 'number' ? `${choose} module${choose > 1 ? 's' : ''} au choix parmi ${modules.length}` : null
  return html`<li>
    <h3>${title}</h3>
    !${rule === null ? '' : html`<p class="remark">${rule}</p>`}
    <ul>
      !${items}
    </ul>
  </li>`
}
