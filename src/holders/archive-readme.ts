import { html, longDate } from '../web/html.ts'
import type { Manifest } from './archive.ts'

/** The page of the archive that says what it holds and how to verify it without the service: a file that opens anywhere. */
export function readme(manifest: Manifest): string {
  const { generatedAt } = manifest
  return html`<!doctype html>
    <html lang="fr">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Mes badges, le ${longDate(generatedAt)}</title>
        <style>
          body {
            max-width: 70ch;
            margin: 2rem auto;
            padding: 0 1rem;
            font:
              1.05rem/1.6 system-ui,
              sans-serif;
            color-scheme: light dark;
          }
          li {
            margin-block: 0.4rem;
            overflow-wrap: anywhere;
          }
        </style>
      </head>
      <body>
        <main>!${french(manifest)} !${english(manifest)}</main>
      </body>
    </html>`
}

const ownBadges = (badges: Manifest['badges'], service: string): string =>
  html`<p>
      Ce dossier contient vos badges et tout ce qu’il faut pour les vérifier, même si le service qui les a délivrés
      (${service}) n’existe plus.
    </p>
    <h2>Vos badges</h2>
    <ul>
      !${badges.map(
        ({ name, organisation, validFrom, files }) =>
          html`<li>
            <strong>${name}</strong>, ${organisation}, ${longDate(validFrom)} :
            !${files.map((path) => html`<a href="${path}">${path.split('.').at(-1)!.toUpperCase()}</a>`).join(', ')}
          </li>`,
      )}
    </ul>`

/** Those that others issued: where each is, and what was found of it. */
const badgesOfElsewhere = (badges: Manifest['elsewhere'], service: string): string =>
  html`<h2>Vos badges délivrés ailleurs</h2>
    <p>
      D’autres plateformes les ont délivrés : ${service} n’en répond pas, et les a seulement vérifiés. Rien dans ce
      dossier ne les prouve à leur place : chacun se vérifie chez son émetteur, tant qu’il répond.
    </p>
    <ul>
      !${badges.map(
        ({ name, issuer, mark, summary, checkedAt, unansweredAt, file }) =>
          html`<li>
            <a href="${file}"><strong>${name}</strong></a
            >, ${issuer}. ${mark}. Vérifié le ${longDate(checkedAt)} : ${summary}
            ${unansweredAt ? `Nouvelle vérification sans résultat le ${longDate(unansweredAt)}.` : ''}
          </li>`,
      )}
    </ul>`

function french({ generatedAt, service, badges, nextPart, elsewhere }: Manifest): string {
  const day = longDate(generatedAt)
  return html`<h1>Mes badges, le ${day}</h1>
    <p><a href="#english" lang="en">English below</a></p>
    !${badges.length === 0 ? '' : ownBadges(badges, service)}
    <p>Gardez ce dossier entier, sans rien modifier.</p>
    !${elsewhere.length === 0 ? '' : badgesOfElsewhere(elsewhere, service)}
    !${
      nextPart === null
        ? ''
        : html`<p>
            Vous avez d’autres badges : prenez la partie suivante à l’adresse
            ${service}/mon-espace/archive.zip?apres=${nextPart}
          </p>`
    }
    <h2>Ce que contient chaque dossier</h2>
    <ul>
      <li>
        <strong>badges</strong> : chaque badge en trois fichiers. Le <em>JSON</em> est le badge signé (Open Badges 3.0)
        : c’est lui qui fait foi. Le <em>PNG</em> est son image, avec le badge signé dedans ; le <em>PDF</em> est à
        imprimer, avec le badge signé joint.
      </li>
      <li><strong>preuves</strong> : les fichiers déposés avec vos badges, s’il y en a, montrés ou non.</li>
      <li><strong>ailleurs</strong> : vos badges délivrés ailleurs, s’il y en a, tels que vous les avez donnés.</li>
      <li>
        <strong>statut</strong> : les listes, signées par les organismes, qui disent quels badges étaient révoqués ou
        suspendus. Elles parlent du ${day}, pas des jours d’après.
      </li>
      <li>
        <strong>emetteurs</strong> : les clés publiques de chaque organisme (document DID), et depuis quand chacune
        sert.
      </li>
      <li><strong>contextes</strong> : les vocabulaires JSON-LD sans lesquels une signature ne se vérifie pas.</li>
      <li>
        <strong>index.json</strong> : la liste de ces fichiers, l’adresse que chacun remplace, et son empreinte SHA-256.
      </li>
    </ul>
    <h2>Vérifier</h2>
    <ol>
      <li>
        Tant que le service existe : déposez le JSON, le PNG ou le PDF sur ${service}/verifier. Vous saurez s’il est
        valable aujourd’hui.
      </li>
      <li>
        Sans lui, ni réseau : avec le programme libre Insigne, la commande
        <code>npm run verify -- mes-badges.zip --offline</code> donne le verdict de chaque badge au ${day}. De ceux
        délivrés ailleurs, qui se vérifient chez leur émetteur, il dit aussi ce qui avait été trouvé.
      </li>
      <li>
        Ou avec tout vérificateur d’Open Badges 3.0 qui connaît la signature <code>eddsa-rdfc-2022</code> : donnez-lui
        le JSON. S’il cherche une adresse qui ne répond plus, donnez-lui le fichier que <code>index.json</code> indique
        pour cette adresse.
      </li>
      <li>
        Sans réseau, un informaticien peut le faire avec la bibliothèque libre <code>@digitalbazaar/vc</code> et un «
        document loader » qui ne lit que ce dossier : les contextes, le document DID de l’émetteur, puis, dans la liste
        d’états, le bit à la position <code>statusListIndex</code> du badge (0 : ni révoqué, ni suspendu).
      </li>
    </ol>
    <p>
      Gardez aussi la clé d’un organisme ailleurs que dans ce dossier si vous le pouvez : qui fabriquerait un faux
      dossier y mettrait une clé à lui. Tant que l’organisme répond, le programme lui demande sa clé ; l’option
      <code>--trust</code> n’accepte que celle que vous tenez de lui.
    </p>
    <p>
      Une liste d’états n’est valable qu’un jour : un vérificateur peut dire qu’elle a expiré. Demandez-lui alors de
      juger à la date du ${day}. Ce qui s’est passé après cette date n’est pas dans ce dossier.
    </p>`
}

function english({ generatedAt, service, elsewhere }: Manifest): string {
  const day = longDate(generatedAt, 'en')
  return html`<section id="english" lang="en">
    <h1>My badges on ${day}</h1>
    <p>
      This folder holds your badges and everything needed to verify them, even if the service that issued them (
      ${service}) no longer exists. Keep it whole and unchanged.
    </p>
    <ul>
      <li>
        <strong>badges</strong>: each badge as JSON (the signed Open Badges 3.0 credential, the one that counts), PNG
        (its image, with the credential inside) and PDF (to print, with the credential attached).
      </li>
      <li><strong>preuves</strong>: the files deposited with your badges, if any, shown or not.</li>
      <li><strong>ailleurs</strong>: your badges issued elsewhere, if any, as you gave them.</li>
      <li>
        <strong>statut</strong>: the status lists signed by the issuers: which badges were revoked or suspended on
        ${day}, not later.
      </li>
      <li><strong>emetteurs</strong>: the public keys of each issuer (DID document) and since when each is used.</li>
      <li><strong>contextes</strong>: the JSON-LD contexts that signatures need.</li>
      <li><strong>index.json</strong>: these files, the address that each stands for, and its SHA-256 digest.</li>
    </ul>
    !${
      elsewhere.length === 0
        ? ''
        : html`<p>
            The badges of the folder <strong>ailleurs</strong> were not issued by the service above, which does not
            answer for them: other platforms do, and each verifies at its issuer’s. What was found of each, and when, is
            in <strong>index.json</strong>.
          </p>`
    }
    <ol>
      <li>While the service is up: drop the JSON, PNG or PDF on ${service}/verifier?lang=en.</li>
      <li>
        Without it, nor any network: the free program Insigne, by
        <code>npm run verify -- mes-badges.zip --offline --lang en</code>, gives the verdict of each badge on ${day}.
      </li>
      <li>
        Or with any Open Badges 3.0 verifier that supports <code>eddsa-rdfc-2022</code>: give it the JSON, and for any
        address that no longer answers, the file named in <code>index.json</code>.
      </li>
      <li>
        Offline: <code>@digitalbazaar/vc</code> with a document loader that reads this folder only; then the bit at
        <code>statusListIndex</code> in the status list (0: neither revoked nor suspended).
      </li>
    </ol>
    <p>
      A status list is good for one day: if a verifier says that it has expired, ask it to judge as of ${day}. What
      happened later is not in this folder.
    </p>
  </section>`
}
