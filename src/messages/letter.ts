import { frenchSpaces, html } from '../web/html.ts'
import type { Letter } from './templates.ts'

const SIGNATURE = 'Insigne, les badges de compétences de la médiation numérique'

/** A letter as plain text. */
export const letterText = ({ paragraphs, action }: Letter): string =>
  [...paragraphs, ...(action ? [`${action.label} :\n${action.url}`] : []), `-- \n${SIGNATURE}`].join('\n\n') + '\n'

const BODY =
  'margin:0;padding:24px;background:#fdfbf6;color:#20262b;font-family:system-ui,"Segoe UI",Roboto,Arial,sans-serif;font-size:17px;line-height:1.6'
const BUTTON =
  'display:inline-block;padding:12px 24px;border-radius:6px;background:#0f5a56;color:#ffffff;font-weight:600;text-decoration:none'

/** The same letter as HTML; its styles are inline, because mail readers keep no other. */
export const letterHtml = ({ subject, paragraphs, action }: Letter): string =>
  frenchSpaces(
    html`<!doctype html>
      <html lang="fr">
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <title>${subject}</title>
        </head>
        <body style="${BODY}">
          <main style="max-width:34rem;margin:0 auto;overflow-wrap:anywhere">
            !${paragraphs.map((one) => html`<p>${one}</p>`)}
            !${
              action
                ? html`<p><a href="${action.url}" style="${BUTTON}">${action.label}</a></p>
                    <p style="font-size:14px">
                      Si le bouton ne répond pas, recopiez cette adresse dans votre navigateur :<br />${action.url}
                    </p>`
                : ''
            }
            <p style="color:#545c61;font-size:14px">${SIGNATURE}</p>
          </main>
        </body>
      </html>`,
  )
