import type { CompetenceEntry } from '../referential/schema.ts'
import { selectField } from '../web/forms.ts'
import { html } from '../web/html.ts'

export type PixFields = { version: string; competences: CompetenceEntry[] }

/** The Pix result of each competence, all optional, under one name (`pix`) as `version/code@level`. */
export const pixFields = ({ version, competences }: PixFields, given: string[]): string =>
  html`!${competences
    .filter((one) => one.kind !== 'area')
    .map(({ code, label }) => {
      const valueOf = (level: number): string => `${version}/${code}@${level}`
      return selectField({
        name: 'pix',
        id: `pix-${code.replaceAll('.', '-')}`,
        label: `${code} ${label.fr ?? label.en ?? ''}`,
        value: given.find((one) => one.startsWith(`${version}/${code}@`)),
        options: [
          ['', 'Non précisé'],
          ...Array.from({ length: 8 }, (_, index) => [valueOf(index + 1), `Niveau ${index + 1}`] as const),
        ],
      })
    })}`
