import { checkedWords, issuerView, markOf, nameOf } from '../wallet/marks.ts'
import type { ImportedBadge } from '../wallet/read-imports.ts'
import { emptyList } from '../web/components.ts'
import { boxesField, errorSummary, type Refusal, selectField } from '../web/forms.ts'
import { html, longDate, type Page } from '../web/html.ts'
import { type Cv, type CvAsk, type CvBadge, type CvOffer, fullName, MAX_CV_BADGES } from './cv.ts'
import { cvHtml, cvText, lineOf, linkedInUrl } from './cv-formats.ts'
import { choiceOf, ELSEWHERE_TITLE } from './elsewhere-words.ts'
import { espacePage } from '../web/espace.ts'

type Shown = {
  offer: CvOffer
  ask: CvAsk
  /** Null when what was asked is refused. */
  cv: Cv | null
  refusal: Refusal | null
}

/** The page where a holder makes the block of a CV: what goes in it, how it looks, and each form to take it away. */
export const cvPage = ({ offer, ask, cv, refusal }: Shown): Page =>
  espacePage('/cv', {
    title: 'Mon encadré CV',
    body: html`!${errorSummary(refusal)}
      <h1>Mon encadré CV</h1>
      <p class="lead">
        Un bloc à mettre dans votre CV : vos badges, et de quoi les vérifier. L’employeur qui le lit n’a rien à
        installer.
      </p>
      !${
        offer.offered.length + offer.elsewhere.offered.length === 0
          ? emptyList(
              offer.held.length === 0
                ? 'Vous n’avez pas encore de badge à montrer.'
                : 'Aucun de vos badges n’est en vigueur : un badge expiré, suspendu ou révoqué n’entre pas dans l’encadré.',
              html`<p><a href="/mon-espace">Voir mes badges</a></p>`,
            )
          : html`!${choice(offer, ask, cv, refusal)} !${cv === null ? '' : taken(cv, queryOf(ask, cv))}`
      }`,
  })

/** What was asked, to be asked again of each file. */
function queryOf({ showsName, shareId }: CvAsk, { badges, elsewhere }: Cv): string {
  const query = new URLSearchParams([
    ['choix', '1'],
    ...badges.map(({ id }) => ['badge', id] as [string, string]),
    ...elsewhere.map(({ id }) => ['ailleurs', id] as [string, string]),
  ])
  if (showsName) query.set('nom', 'oui')
  if (shareId !== null) query.set('partage', shareId)
  return query.toString()
}

function choice(offer: CvOffer, ask: CvAsk, cv: Cv | null, refusal: Refusal | null): string {
  const { links } = offer
  return html`<section aria-labelledby="choix" class="cv-choice">
    <h2 id="choix">Ce que l’encadré montre</h2>
    <form method="get" action="/mon-espace/cv">
      <input type="hidden" name="choix" value="1" />
      !${badgeBoxes(offer, ask, cv, refusal)}
      !${boxesField({
        name: 'nom',
        label: 'Votre nom',
        hint: 'Ce choix ne vaut que pour l’encadré : il ne change rien à la page publique de vos badges.',
        options: [['oui', 'Écrire mon nom dans l’encadré']],
        value: ask.showsName ? 'oui' : '',
      })}
      !${
        links.length === 0
          ? html`<p class="remark">
              Chaque badge a son code QR. Pour n’en avoir qu’un, qui mène à une page où tout se vérifie,
              <a href="/mon-espace/partages">faites d’abord un lien de partage</a>.
            </p>`
          : selectField({
              name: 'partage',
              label: 'Où mène le code QR',
              hint: 'Un lien de partage montre les badges que vous y avez mis, jusqu’à sa fin.',
              options: [
                ['', 'À la page de chaque badge (un code par badge)'],
                ...links.map(
                  ({ id, label, expiresAt }) =>
                    [id, `Au lien « ${label ?? 'sans nom'} », jusqu’au ${longDate(expiresAt)}`] as const,
                ),
              ],
              value: ask.shareId ?? '',
            })
      }
      <button type="submit">Mettre à jour l’encadré</button>
    </form>
  </section>`
}

/** The boxes of the badges, those of elsewhere apart and never ticked beforehand. */
function badgeBoxes({ held, offered, elsewhere }: CvOffer, ask: CvAsk, cv: Cv | null, refusal: Refusal | null): string {
  const ours = boxesField({
    name: 'badge',
    label: `Badges (${MAX_CV_BADGES} au plus, ceux d’ailleurs compris)`,
    hint:
      held.length === offered.length
        ? 'Tous vos badges sont en vigueur.'
        : 'Ceux qui ont expiré, qui sont suspendus ou révoqués, ou qu’un autre renouvelle, ne sont pas proposés.',
    options: offered.map((one) => [one.id, lineOf(one)] as const),
    value: cv?.badges.map((one) => one.id) ?? ask.chosen ?? [],
    refusal,
  })
  if (elsewhere.offered.length === 0) return ours
  const theirs = boxesField({
    name: 'ailleurs',
    label: 'Badges d’ailleurs',
    hint: 'Montrés à part, sans image ni code QR. Le PDF joint leur fichier tel que vous l’avez donné : il peut dire votre adresse.',
    options: elsewhere.offered.map((one) => [one.id, choiceOf(one)]),
    value: ask.elsewhere,
  })
  return offered.length === 0 ? html`<div id="badge">!${theirs}</div>` : html`!${ours} !${theirs}`
}

const taken = (cv: Cv, query: string): string =>
  html`<section aria-labelledby="apercu">
      <h2 id="apercu">Aperçu</h2>
      !${cvBlock(cv)}
    </section>
    <section aria-labelledby="texte">
      <h2 id="texte">À coller dans un CV</h2>
      <label for="texte-brut">Texte</label>
      <textarea id="texte-brut" readonly rows="8" class="copy">${cvText(cv, new Date())}</textarea>
      <label for="texte-html">HTML, pour un site à vous : ni script, ni traceur</label>
      <textarea id="texte-html" readonly rows="8" class="copy" spellcheck="false">${cvHtml(cv, new Date())}</textarea>
    </section>
    <section aria-labelledby="fichiers">
      <h2 id="fichiers">Fichiers</h2>
      <ul>
        <li>
          <a href="/mon-espace/cv.pdf?${query}" download>PDF</a> : codes QR, et les badges signés joints au fichier
        </li>
        <li>
          <a href="/mon-espace/cv.png?${query}" download>Image PNG</a>, large de 1 600 pixels, pour un traitement de
          texte
        </li>
        <li><a href="/mon-espace/cv.svg?${query}" download>Image SVG</a>, nette à toutes les tailles</li>
        <li>
          <a href="/mon-espace/cv-json-resume.json?${query}" download>JSON Resume</a>, format ouvert de CV (version
          1.0.0)
        </li>
        <li>
          <a href="/mon-espace/cv-europass-3.3.json?${query}" download>Europass (JSON)</a>, au modèle du CV Europass
          3.3, seul format JSON publié. L’éditeur actuel d’Europass n’a pas été essayé : s’il refuse ce fichier, collez
          le texte.
        </li>
      </ul>
    </section>
    !${cv.badges.length === 0 ? '' : linkedInSection(cv)}`

const linkedInSection = (cv: Cv): string =>
  html`<section aria-labelledby="linkedin">
    <h2 id="linkedin">LinkedIn</h2>
    <p>
      Chaque lien ouvre LinkedIn, où vous validez. LinkedIn reçoit alors le nom du badge, l’organisme, les dates et
      l’adresse de la page du badge.
    </p>
    <ul>
      !${cv.badges.map(
        (badge) =>
          html`<li>
            <a href="${linkedInUrl(badge)}" rel="noopener noreferrer"
              >Ajouter au profil : ${badge.about.name}, ${badge.organisation}</a
            >
          </li>`,
      )}
    </ul>
  </section>`

/** The block itself, as it is printed. */
const cvBlock = ({ badges, elsewhere, name, link }: Cv): string =>
  html`<div class="cv-block">
    <p><strong>Compétences vérifiables!${name === null ? '' : html` de ${fullName(name)}`}</strong></p>
    !${
      badges.length === 0
        ? ''
        : html`<ul>
            !${badges.map(blockItem)}
          </ul>`
    }
    !${
      elsewhere.length === 0
        ? ''
        : html`<p><strong>${ELSEWHERE_TITLE}</strong></p>
            <ul>
              !${elsewhere.map(elsewhereItem)}
            </ul>`
    }
    !${link === null ? '' : html`<p><a href="${link}">Tout vérifier</a></p>`}
  </div>`

const blockItem = ({ about, organisation, validFrom, validUntil, page }: CvBadge): string =>
  html`<li>
    <img src="/achievements/${about.slug}/${about.version}/image.svg" alt="" width="88" height="88" />
    <span>
      <a href="${page}">${about.name}</a><br />
      ${organisation}<br />
      <small>${longDate(validFrom)}${validUntil ? `, valable jusqu’au ${longDate(validUntil)}` : ''}</small>
    </span>
  </li>`

const elsewhereItem = (badge: ImportedBadge): string =>
  html`<li>
    <span>
      ${nameOf(badge)}<br />
      !${issuerView(badge)}<br />
      <small>
        ${badge.validFrom ? longDate(badge.validFrom) : ''}${badge.validUntil ? `, valable jusqu’au ${longDate(badge.validUntil)}` : ''}.
        ${markOf(badge, new Date())}. ${checkedWords(badge)}
      </small>
    </span>
  </li>`
