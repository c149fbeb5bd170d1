import { count, emptyList, tag } from '../web/components.ts'
import {
  areaField,
  buttonForm,
  doneNote,
  errorSummary,
  formJeton,
  type Given,
  type Refusal,
  textField,
} from '../web/forms.ts'
import { espacePage } from '../web/espace.ts'
import { html, longDate, type Page } from '../web/html.ts'
import { organismePage } from '../web/organisme.ts'
import { MAX_FILES } from './evidence.ts'
import { MEDIA } from './media.ts'
import type { EvidenceFile } from './read-evidence.ts'

/** What was just done, by the word that the address carries. */
export const DONE = {
  depose:
    'Le fichier est déposé. Il n’est montré à personne d’autre tant que la ou le titulaire du badge ne le décide pas.',
  montre: 'Le fichier est montré sur la page publique du badge.',
  masque: 'Le fichier n’est plus montré.',
  supprime: 'Le fichier est supprimé.',
} as const
export type Done = keyof typeof DONE

type Shown = {
  path: string
  files: EvidenceFile[]
  jeton: string
  done?: Done | undefined
  given?: Given
  refusal?: Refusal | undefined
}

/** The files of a badge in its holder's space: to deposit, to show or hide, to delete. */
export const holderEvidencePage = (badge: { id: string; name: string; organisation: string }, shown: Shown): Page =>
  espacePage('', {
    title: `Fichiers de preuve : ${badge.name}`,
    body: html`!${errorSummary(shown.refusal)}
      <p class="up"><a href="/mon-espace">Mes badges</a></p>
      <h1>Fichiers de preuve</h1>
      <p class="lead">Badge « ${badge.name} », délivré par ${badge.organisation}.</p>
      <p>
        Un fichier déposé ici n’est vu que de vous. Si vous le montrez, il figure sur
        <a href="/credentials/${badge.id}">la page publique du badge</a>, à côté de qui l’a déposé, et la version à jour
        du badge en porte l’empreinte : qui le télécharge peut s’assurer que c’est bien lui. Vous pouvez le masquer
        quand vous voulez ; qui l’a déjà téléchargé le garde.
      </p>
      !${doneNote(shown.done && DONE[shown.done])}
      <h2>Les fichiers</h2>
      !${filesList(shown, (file) => holderActions(file, shown))} !${depositForm(shown)}`,
  })

type Delivered = {
  slug: string
  organisation: string
  roles: readonly string[]
  name: string
  learner: string
  id: string
}

/** The files that an organisation deposits with a badge that it delivered. */
export const issuerEvidencePage = (badge: Delivered, shown: Shown): Page =>
  organismePage(
    { slug: badge.slug, name: badge.organisation, section: '/badges', roles: badge.roles },
    {
      title: `Fichiers de preuve : ${badge.name}`,
      body: html`!${errorSummary(shown.refusal)}
        <p class="up"><a href="/organisme/${badge.slug}/badges/${badge.id}">${badge.name}, ${badge.learner}</a></p>
        <h1>Fichiers de preuve</h1>
        <p class="lead">« ${badge.name} », délivré à ${badge.learner}.</p>
        <p>
          Déposez ce que vous avez vu pour délivrer ce badge : une production, une grille remplie, une photo. La
          personne le voit dans son espace, et elle seule décide de le montrer. Ne déposez rien qui parle d’une autre
          personne.
        </p>
        !${doneNote(shown.done && DONE[shown.done])}
        <h2>Les fichiers déposés par l’organisme</h2>
        !${filesList(shown, (file) => deleteButton(file, shown))} !${depositForm(shown)}`,
    },
  )

const filesList = ({ files }: Shown, actions: (file: EvidenceFile) => string): string =>
  files.length === 0
    ? emptyList('Aucun fichier pour l’instant.')
    : html`<ul class="held">
        !${files.map(
          (file) =>
            html`<li class="tile">
              <div>
                <h3><a href="/evidence/${file.id}">${file.name}</a></h3>
                <p>!${tag(file.shown ? 'Montré' : 'Masqué', file.shown ? 'valid' : 'none')}</p>
                !${file.description === '' ? '' : html`<p>${file.description}</p>`}
                <p class="remark">
                  ${MEDIA[file.mediaType].words}, ${sizeWords(file.size)}, ${BY[file.depositor]} le
                  ${longDate(file.createdAt)}
                </p>
                !${actions(file)}
              </div>
            </li>`,
        )}
      </ul>`

const BY = { holder: 'déposé par la personne', issuer: 'déposé par l’organisme' } as const

function holderActions(file: EvidenceFile, shown: Shown): string {
  const label = file.shown ? 'Masquer' : 'Montrer'
  return html`!${buttonForm({
    action: `${shown.path}/${file.id}/affichage`,
    jeton: shown.jeton,
    label,
    name: `${label} : ${file.name}`,
    fields: { visible: file.shown ? 'non' : 'oui' },
  })}
  !${deleteButton(file, shown)}`
}

const deleteButton = ({ id, name }: EvidenceFile, { path, jeton }: Shown): string =>
  buttonForm({ action: `${path}/${id}/suppression`, jeton, label: 'Supprimer', name: `Supprimer : ${name}` })

function depositForm({ path, jeton, files, given = {}, refusal }: Shown): string {
  if (files.length >= MAX_FILES)
    return html`<p>Ce badge a dix fichiers, le plus possible : supprimez-en un pour en déposer un autre.</p>`
  return html`<h2>Déposer un fichier</h2>
    <form method="post" action="${path}" enctype="multipart/form-data">
      !${formJeton(jeton)}
      !${textField({
        name: 'fichier',
        label: 'Fichier',
        type: 'file',
        hint: 'PDF, image PNG ou JPEG, texte (.txt) ; 5 Mo au plus, dix fichiers par badge. Ce qu’une photo cache (lieu, appareil, date) est retiré ; un PDF garde ce qu’il contient, nom d’auteur compris.',
        rules: 'required accept=".pdf,.png,.jpg,.jpeg,.txt"',
        refusal,
      })}
      !${textField({ name: 'name', label: 'Ce que c’est', hint: 'Par exemple : affiche de l’atelier, grille d’évaluation.', value: given['name'], rules: 'required maxlength="120" autocomplete="off"', refusal })}
      !${areaField({ name: 'description', label: 'Ce que le fichier montre (facultatif)', value: given['description'], rules: 'maxlength="1000"', refusal })}
      <button type="submit">Déposer</button>
    </form>`
}

/** A size as people read it. */
export const sizeWords = (size: number): string =>
  size < 1024
    ? `${count(size)} octets`
    : size < 1024 * 1024
      ? `${count(Math.round(size / 1024))} Ko`
      : `${count(Math.round(size / 104_857.6) / 10)} Mo`
