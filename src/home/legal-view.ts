import { facts } from '../web/components.ts'
import { html, type Page } from '../web/html.ts'

type Operator = Record<'name' | 'contact' | 'address' | 'director' | 'host' | 'hostAddress', string | null>

const UNSAID = 'non renseigné par l’exploitant'

/** Who publishes and hosts the service, as law 2004-575 of 21 June 2004 asks; what was not given is said so. */
export function legalPage(operator: Operator, baseUrl: string): Page {
  const isWhole = Object.values(operator).every((one) => one !== null)
  return {
    title: 'Mentions légales',
    description: 'Qui édite et qui héberge ce service, et comment les joindre.',
    canonical: `${baseUrl}/mentions-legales`,
    body: html`<h1>Mentions légales</h1>
      !${
        isWhole
          ? ''
          : html`<div class="note">
              <p><strong>Ces mentions sont incomplètes.</strong> L’exploitant du service doit encore les renseigner.</p>
            </div>`
      }
      <h2>Éditeur</h2>
      !${facts([
        ['Exploitant du service', operator.name ?? UNSAID],
        ['Adresse', operator.address ?? UNSAID],
        ['Pour le joindre', operator.contact ?? UNSAID],
        ['Direction de la publication', operator.director ?? UNSAID],
      ])}
      <h2>Hébergeur</h2>
      !${facts([
        ['Nom', operator.host ?? UNSAID],
        ['Adresse et téléphone', operator.hostAddress ?? UNSAID],
      ])}
      <h2>Contenus et logiciel</h2>
      <p>
        Les descriptions de badges, de modules et de métiers sont publiées sous Licence Ouverte 2.0 (Etalab), sauf
        mention contraire sur la page : les référentiels cités restent sous la licence de leur éditeur. Le logiciel est
        libre, sous licence MIT. Les caractères sont Atkinson Hyperlegible, du Braille Institute, servis par ce site.
      </p>
      <p>
        Les badges sont délivrés et signés par les organismes de formation, qui répondent de ce qu’ils attestent. Chaque
        page dit d’où viennent ses renseignements.
      </p>
      <h2>Données personnelles et traceurs</h2>
      <p>
        Ce site ne mesure pas votre navigation et ne charge rien depuis un autre site. Son seul cookie garde votre
        connexion ouverte. Le reste est au <a href="/donnees-personnelles">registre des traitements</a>.
      </p>
      <section class="sources">
        <h2>Sources</h2>
        <p>
          Loi n° 2004-575 du 21 juin 2004 pour la confiance dans l’économie numérique, pour les renseignements demandés
          aux éditeurs de services en ligne.
        </p>
      </section>`,
  }
}

/** The accessibility statement. Without an audit against the RGAA, the law knows one state: not compliant. */
export function accessibilityPage(operator: Operator, baseUrl: string): Page {
  return {
    title: 'Accessibilité : non conforme',
    description: 'L’état d’accessibilité de ce service, ce qui a été testé, et vos recours.',
    canonical: `${baseUrl}/accessibilite`,
    body: html`<h1>Déclaration d’accessibilité</h1>
      <p class="lead">
        ${operator.name ?? 'L’exploitant de ce service'} s’engage à rendre Insigne accessible, conformément à l’article
        47 de la loi n° 2005-102 du 11 février 2005.
      </p>
      <p>Cette déclaration s’applique à <code>${baseUrl}</code>.</p>
      <h2>État de conformité</h2>
      <p>
        Insigne est <strong>non conforme</strong> au référentiel général d’amélioration de l’accessibilité (RGAA 4.1),
        au sens de la loi : aucun audit complet, mené par des personnes sur les 106 critères, n’a encore eu lieu. Aucun
        taux de conformité ne peut donc être donné.
      </p>
      <h2>Ce qui a été testé</h2>
      <p>
        À chaque version, les pages sont ouvertes dans le navigateur Chromium et contrôlées par l’outil automatique axe
        (règles WCAG 2.2, niveaux A et AA, et bonnes pratiques). Aucun défaut connu de cet outil n’est laissé.
      </p>
      <ul>
        <li>Chaque page est contrôlée en largeur de 1200 et de 320 pixels, en clair et en sombre.</li>
        <li>Aucune page ne défile de côté à 320 pixels, soit un agrandissement de 400 %.</li>
        <li>Les parcours principaux sont joués sans JavaScript.</li>
      </ul>
      <p>
        Un outil automatique ne voit qu’une partie des défauts. N’ont pas été testés : la lecture par NVDA, JAWS ou
        VoiceOver, la commande vocale, et l’usage par des personnes handicapées.
      </p>
      <h2>Contenus non accessibles</h2>
      <ul>
        <li>
          Les pages et fichiers fournis par d’autres (programmes, fiches, sites des organismes) ne sont pas contrôlés.
        </li>
        <li>Des intitulés de référentiels ne sont publiés qu’en anglais par leur éditeur ; ils sont signalés.</li>
      </ul>
      <h2>Signaler un défaut et obtenir le contenu autrement</h2>
      <p>
        Si une page vous empêche d’avancer, écrivez à l’exploitant : il vous orientera vers une page accessible, ou vous
        donnera le contenu sous une autre forme.
      </p>
      !${facts([['Pour le joindre', operator.contact ?? UNSAID]])}
      <h2>Vos recours</h2>
      <p>
        Vous avez signalé un défaut qui vous empêche d’accéder à un contenu, et vous n’avez pas eu de réponse
        satisfaisante ? Vous pouvez :
      </p>
      <ul>
        <li>
          écrire au <a href="https://formulaire.defenseurdesdroits.fr/">Défenseur des droits</a> par son formulaire ;
        </li>
        <li>
          joindre sa déléguée ou son délégué
          <a href="https://www.defenseurdesdroits.fr/saisir/delegues">dans votre région</a> ;
        </li>
        <li>lui écrire, sans timbre : Défenseur des droits, Libre réponse 71120, 75342 Paris CEDEX 07.</li>
      </ul>
      <section class="sources">
        <h2>Sources</h2>
        <p>
          Loi n° 2005-102 du 11 février 2005, article 47 ; décret n° 2019-768 du 24 juillet 2019 ; référentiel général
          d’amélioration de l’accessibilité, version 4.1.
        </p>
      </section>`,
  }
}
