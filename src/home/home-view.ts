import type { listAchievements } from '../badges/achievements.ts'
import { badgeCard } from '../web/components.ts'
import { html, type Page } from '../web/html.ts'
import { schemaOrg } from '../web/linked.ts'

type Badges = Awaited<ReturnType<typeof listAchievements>>

/** The badge that stands on the home page as its only ornament. */
export const ORNAMENT = 'aidants-connect'
const SHOWN = 6

/** What the service is, what each public does with it, and a few badges. */
export function homePage(badges: Badges, baseUrl: string): Page {
  const ornament = badges.find((one) => one.slug === ORNAMENT) ?? badges[0]
  return {
    title: 'Badges de compétences de la médiation numérique',
    canonical: `${baseUrl}/`,
    image: `${baseUrl}/apercu.png`,
    linked: schemaOrg('WebSite', `${baseUrl}/`, { name: 'Insigne', description: LEAD, inLanguage: ['fr', 'en'] }),
    body: html`<div class="welcome">
        <div>
          <h1>Les compétences de la médiation numérique, reconnues et vérifiables</h1>
          <p class="lead">${LEAD}</p>
          <p class="welcome-do">
            <a class="action" href="/verifier">Vérifier un badge</a>
            <a href="/mon-espace">Retrouver mes badges</a>
          </p>
        </div>
        !${
          ornament
            ? html`<a href="/achievements/${ornament.slug}" class="welcome-badge"
                ><img
                  src="/achievements/${ornament.slug}/${ornament.version}/image.svg"
                  alt="Badge « ${ornament.name} »"
                  width="260"
                  height="260"
              /></a>`
            : ''
        }
      </div>
      <section aria-labelledby="badge">
        <h2 id="badge">Un badge, c’est quoi ?</h2>
        <ol class="stages three">
          <li>
            <h3>Une personne se forme</h3>
            <p>L’organisme de formation atteste ce qu’elle a montré, et à quel niveau.</p>
          </li>
          <li>
            <h3>L’organisme signe</h3>
            <p>Le badge est un fichier signé. Il appartient à la personne, qui le montre à qui elle veut.</p>
          </li>
          <li>
            <h3>Tout le monde vérifie</h3>
            <p>La réponse dit si le badge est valable, ce qu’il atteste, et ce qu’il ne veut pas dire.</p>
          </li>
        </ol>
      </section>
      <section aria-labelledby="publics">
        <h2 id="publics">Vous êtes…</h2>
        <div class="tiles publics">
          !${PUBLICS.map(
            ([title, text, links]) =>
              html`<section class="tile">
                <h3>${title}</h3>
                <p>${text}</p>
                <p>!${links.map(([href, words]) => html`<a href="${href}">${words}</a> `)}</p>
              </section>`,
          )}
        </div>
      </section>
      <section aria-labelledby="badges">
        <h2 id="badges">Des badges du catalogue</h2>
        <ul class="badges">
          !${variety(badges, SHOWN).map(badgeCard)}
        </ul>
        <p><a href="/badges">Voir tous les badges</a></p>
      </section>`,
  }
}

const LEAD =
  'Insigne délivre des badges signés par les organismes de formation. Chaque badge dit ce qu’une personne a montré, à quel niveau, et ce qu’il ne veut pas dire.'

const PUBLICS = [
  [
    'Employeuse, employeur',
    'Déposez le badge d’une candidate ou d’un candidat : valable, refusé ou incertain, et pourquoi. Sans compte.',
    [['/verifier', 'Vérifier un badge']],
  ],
  [
    'Aidante, aidant',
    'Votre badge est à vous : à garder, à montrer ou à taire. Votre nom n’y est pas lisible.',
    [['/mon-espace', 'Ouvrir mon espace']],
  ],
  [
    'Organisme de formation',
    'Envoyez les acquis d’une session une seule fois : chacun donne un badge signé en votre nom.',
    [['/organisme', 'Gérer mes sessions']],
  ],
  [
    'Structure, référente, référent',
    'Demandez les habilitations Aidants Connect de votre équipe et suivez leur état.',
    [['/habilitations', 'Suivre les habilitations']],
  ],
  [
    'En recherche de formation',
    'Métiers, modules et organismes décrits dans les mêmes mots, chaque source citée.',
    [['/modules', 'Chercher un module']],
  ],
  [
    'Comité de la filière',
    'Des référentiels version par version, des correspondances et des données ouvertes.',
    [['/referentiels', 'Lire les référentiels']],
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
