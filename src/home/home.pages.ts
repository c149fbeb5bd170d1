import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { listAchievements } from '../badges/achievements.ts'
import type { Db } from '../db.ts'
import { apiPage } from './api-view.ts'
import { badgeCard } from '../web/components.ts'
import { html, type Page } from '../web/html.ts'
import { sendPage } from '../web/reply.ts'

const open = { config: { access: 'public' }, schema: { hide: true } } as const

/** The home page, and the readable reference of the API. */
export const homePages =
  ({ db }: { db: Db }): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get('/', open, async (_request, reply) => sendPage(reply, homePage(await listAchievements(db))))
    app.get('/api', open, async (_request, reply) => sendPage(reply, apiPage(app.swagger())))
  }

type Badges = Awaited<ReturnType<typeof listAchievements>>

const SHOWN = 6

function homePage(badges: Badges): Page {
  return {
    title: 'Badges de compétences de la médiation numérique',
    body: html`<h1>Les compétences de la médiation numérique, reconnues et vérifiables</h1>
      <p class="lead">
        Insigne délivre des badges signés par les organismes de formation. Chaque badge dit ce qu’une personne a montré,
        à quel niveau, et ce qu’il ne veut pas dire.
      </p>
      <p><a class="action" href="/verifier">Vérifier un badge</a></p>
      <div class="tiles publics">
        !${PUBLICS.map(
          ([title, text, links]) =>
            html`<section class="tile">
              <h2>${title}</h2>
              <p>${text}</p>
              <p>!${links.map(([href, words]) => html`<a href="${href}">${words}</a> `)}</p>
            </section>`,
        )}
      </div>
      <section aria-labelledby="badges">
        <h2 id="badges">Des badges du catalogue</h2>
        <ul class="badges">
          !${variety(badges, SHOWN).map(badgeCard)}
        </ul>
        <p><a href="/badges">Voir tous les badges</a></p>
      </section>`,
  }
}

const PUBLICS = [
  [
    'Organismes de formation',
    'À la fin d’une session, envoyez les acquis une seule fois, en CSV ou depuis votre outil. Chaque acquis donne un badge signé en votre nom.',
    [
      ['/modules', 'Les modules'],
      ['/api', 'L’API'],
    ],
  ],
  [
    'Aidantes et aidants',
    'Votre badge est à vous : un fichier à garder, à montrer ou à taire. Votre nom n’y est pas lisible : on peut seulement vérifier celui que vous donnez.',
    [
      ['/parcours', 'Les parcours'],
      ['/badges', 'Les badges'],
    ],
  ],
  [
    'Employeurs',
    'Déposez le badge d’une candidate ou d’un candidat : la réponse dit s’il est valable, refusé ou incertain, et pourquoi. Sans compte.',
    [
      ['/verifier', 'Vérifier'],
      ['/metiers', 'Les métiers'],
    ],
  ],
  [
    'Comité de la filière',
    'Métiers, compétences et formations décrits dans les mêmes mots, version par version, chaque source citée, en données ouvertes.',
    [
      ['/referentiels', 'Les référentiels'],
      ['/metiers', 'Les métiers'],
    ],
  ],
] as const

/** Badges as unlike as can be: at each turn, one of the kind and family least shown so far. */
function variety(badges: Badges, count: number): Badges {
  const shown: Badges = []
  const seen = (one: Badges[number]) =>
    shown.filter((other) => other.kind === one.kind).length +
    2 * shown.filter((other) => other.family === one.family).length
  while (shown.length < Math.min(count, badges.length)) {
    const left = badges.filter((one) => !shown.includes(one))
    shown.push(left.reduce((best, one) => (seen(one) < seen(best) ? one : best)))
  }
  return shown
}
