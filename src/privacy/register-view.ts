import { facts, scrollTable } from '../web/components.ts'
import { html, type Page } from '../web/html.ts'
import { PERIOD_NAMES, type Periods, PERIODS } from './periods.ts'
import { type Treatment, TREATMENTS } from './treatments.ts'

type Operator = { name: string | null; contact: string | null }
const UNSAID = 'non renseigné par l’exploitant'

/** The register of processing (GDPR article 30), with the periods that this service applies today. */
export const registerPage = (operator: Operator, periods: Periods): Page => ({
  title: 'Données personnelles',
  description: 'Ce que le service sait des personnes, pourquoi, combien de temps, et comment exercer vos droits.',
  body: html`<h1>Données personnelles</h1>
    <p class="lead">
      Ce que le service sait des personnes, pourquoi, qui le voit, combien de temps, et ce que vous pouvez en décider.
    </p>
    !${facts([
      ['Exploitant du service', operator.name ?? UNSAID],
      ['Pour le joindre', operator.contact ?? UNSAID],
    ])}
    <h2>Vos droits</h2>
    <p>
      <a href="/mon-espace">Votre espace</a> permet de voir et de télécharger tout ce que le service sait de vous, de
      choisir badge par badge si votre nom s’affiche, d’ajouter ou de retirer une adresse, et d’effacer vos données.
      Après un effacement, un badge que vous avez gardé reste vérifiable. Pour corriger un nom ou un acquis, demandez-le
      à l’organisme qui a délivré le badge. Si une réponse ne vous convient pas, vous pouvez saisir la
      <a href="https://www.cnil.fr/fr/plaintes">CNIL</a>.
    </p>
    <h2>Traitements</h2>
    !${TREATMENTS.map(treatment)}
    <h2>Durées de conservation</h2>
    <p>Un nettoyage passe toutes les heures. Les durées sont celles que ce service applique aujourd’hui.</p>
    !${scrollTable('Durées de conservation', periodsTable(periods))}
    <h3>Ce qui est gardé sans limite</h3>
    <ul>
      <li>
        Les badges délivrés et l’identité scellée de leur titulaire, jusqu’à l’effacement demandé : un badge doit
        pouvoir être vérifié et rattaché à la personne pendant toute sa vie professionnelle.
      </li>
      <li>
        Le journal, qui ne contient ni nom ni adresse : ses lignes s’enchaînent, en retirer une ferait croire à une
        falsification.
      </li>
    </ul>
    <h2>Sécurité</h2>
    <ul>
      !${SECURITY.map((measure) => html`<li>${measure}</li>`)}
    </ul>`,
})

const treatment = ({ name, purpose, basis, data, seen, kept }: Treatment): string =>
  html`<section>
    <h3>${name}</h3>
    !${facts([
      ['Finalité', purpose],
      ['Base légale', basis],
      ['Données', data],
      ['Qui les voit', seen],
      ['Durée', kept],
    ])}
  </section>`

const periodsTable = (periods: Periods): string =>
  html`<table>
    <thead>
      <tr>
        <th scope="col">Quoi</th>
        <th scope="col">Durée</th>
        <th scope="col">Pourquoi</th>
      </tr>
    </thead>
    <tbody>
      !${PERIOD_NAMES.map(
        (name) =>
          html`<tr>
            <th scope="row">${PERIODS[name].what}</th>
            <td>${duration(periods[name])} ${PERIODS[name].from}</td>
            <td>${PERIODS[name].why}</td>
          </tr>`,
      )}
    </tbody>
  </table>`

/** Days as people say them: 30 jours, 3 ans. */
function duration(days: number): string {
  const years = days / 365
  if (Number.isInteger(years)) return years === 1 ? '1 an' : `${years} ans`
  return days === 1 ? '1 jour' : `${days} jours`
}

const SECURITY = [
  'Les noms, les adresses, le contenu des messages et les clés de signature sont scellés (AES-256-GCM) dans la base ; une copie volée de la base ne permet pas de les lire sans la clé maîtresse, qui n’y est pas.',
  'Les liens, les sessions et les secrets des machines n’y figurent que sous forme d’empreintes.',
  'Un badge ne porte le nom et l’adresse que sous forme d’empreintes, chacune avec son sel à côté, comme le veut la norme Open Badges : personne n’y lit un nom, mais qui tient le badge, ou une copie de la base, peut essayer un nom ou une adresse et voir si l’empreinte correspond.',
  'Le commentaire et l’adresse de la preuve d’un acquis sont écrits en clair dans le badge, puisqu’il sert à les montrer : les organismes n’y mettent ni nom, ni donnée sensible.',
  'Chaque écriture et chaque lecture sensible laisse une ligne dans un journal dont toute altération se voit.',
  'Aucun service tiers n’est appelé par les pages ; aucun traceur, aucune mesure d’audience ; les seuls cookies sont ceux de la connexion.',
]
