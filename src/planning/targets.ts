import type { Db } from '../db.ts'
import { bothForms } from '../referential/metier-view.ts'
import { getFramework, listCertifications, listMetiers } from '../referential/referential.ts'
import type { PlanRequest } from './schema.ts'

export type PlanTarget = { value: string; group: string; label: string; target: PlanRequest['target'] }

/** The targets that a plan can be computed for, by kind and name: those whose competences or blocks are known. */
export async function listTargets(db: Db): Promise<PlanTarget[]> {
  const metiers = await listMetiers(db)
  const told = new Set(metiers.filter((one) => one.competences.length > 0).map((one) => one.slug))
  const certifications = (await listCertifications(db)).filter((one) => one.blocks.some(({ ref }) => ref !== null))
  const digcomp = await getFramework(db, 'digcomp')
  return [
    {
      value: 'habilitation:aidants-connect',
      group: 'Habilitation',
      label: 'Formation à l’habilitation Aidants Connect',
      target: { habilitation: 'aidants-connect' },
    },
    ...metiers
      .filter(({ slug, scheme_of }) => told.has(slug) || (scheme_of !== null && told.has(scheme_of)))
      .map((one) => ({
        value: `metier:${one.slug}`,
        group: 'Métiers, fonctions et dispositifs',
        label: bothForms(one),
        target: { metier: one.slug },
      }))
      .toSorted((one, other) => one.label.localeCompare(other.label, 'fr')),
    ...areasOf(digcomp),
    ...certifications.map(({ slug, title, code }) => ({
      value: `certification:${slug}`,
      group: 'Certifications, pour leurs blocs connus',
      label: code ? `${title} (${code})` : title,
      target: { certification: slug },
    })),
  ]
}

/** The areas of a framework: all the competences of each, at no level in particular. */
const areasOf = ({ framework, version, title, competences }: Awaited<ReturnType<typeof getFramework>>): PlanTarget[] =>
  competences
    .filter((one) => one.kind === 'area')
    .toSorted((a, b) => a.code.localeCompare(b.code))
    .map((area) => ({
      value: `domaine:${framework}/${version}/${area.code}`,
      group: `Compétences numériques (${title.fr ?? framework})`,
      label: `${area.code} ${area.label.fr ?? area.label.en ?? ''}`,
      target: {
        competences: competences
          .filter((one) => one.parent === area.code)
          .map(({ code }) => ({ framework, version, code })),
      },
    }))
