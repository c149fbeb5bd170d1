import { duration } from '../curricula/module-view.ts'
import { orUnknown } from '../web/components.ts'
import { html, longDate } from '../web/html.ts'
import type { Block, Supply, Teacher } from './supply.ts'

/** A module that teaches a competence: its length, how far it leads, its badge. */
export const teacherItem = ({ module, level, status, badge }: Teacher): string =>
  html`<li>
    <a href="/modules/${module.slug}">${module.title}</a>
    <small
      >durée :
      !${orUnknown(duration(module))}${typeof level === 'number' ? ` ; niveau ${level}${status === 'proposed' ? ' (proposé)' : ''}` : ''}!${badge ? html` ; <a href="/achievements/${badge.slug}">son badge</a>` : ''}</small
    >
  </li>`

/** A badge that shows a competence, of a path or of an habilitation. */
export const badgeItem = ({ slug, name }: Supply['badges'][number]): string =>
  html`<li><a href="/achievements/${slug}">${name}</a></li>`

/** A block that certifies a competence; when its certification could be delivered, where that is bounded. */
export const blockItem = ({ certification: { title, code, valid_to: end }, ref, badge }: Block): string =>
  html`<li>
    <a href="/achievements/${badge.slug}">Bloc ${ref}</a>
    <small
      >${title}${code === null ? '' : ` (${code})`}${end === null ? '' : `, enregistré jusqu’au ${longDate(end)}`}. Un
      bloc n’est pas le titre.</small
    >
  </li>`
