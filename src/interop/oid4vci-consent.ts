import type { AuthorizationDetail } from 'oidc-provider'
import type { Db } from '../db.ts'
import { invalid } from '../errors.ts'
import { boxesField, errorSummary, type Given, type Refusal } from '../web/forms.ts'
import { html, longDate } from '../web/html.ts'
import type { Consent } from './authorization-consent.ts'
import { closeOffer, offeredBadge, type OwnBadge, ownBadges, whyNot } from './offers.ts'
import { detailsOf, formatOf } from './oid4vci-metadata.ts'

type Asked = { personId: string; consent: Pick<Consent, 'scopes' | 'issuerState'>; now: Date }

const formatsOf = ({ scopes }: Pick<Consent, 'scopes'>) => scopes.flatMap((one) => formatOf(one) ?? [])
const offerable = async (db: Db, { personId, now }: Asked): Promise<OwnBadge[]> =>
  (await ownBadges(db, personId)).filter((one) => whyNot(one, now) === null)

/**
 * The badges among which a holder chooses those that a wallet may have, as fields of the page where she or he agrees; that of the
 * offer, if the wallet comes from one, is ticked. Empty when no badge is asked for.
 */
export async function badgesToChoose(
  db: Db,
  asked: Asked & { given?: Given; refusal?: Refusal | undefined },
): Promise<string> {
  const { personId, consent, now, given, refusal } = asked
  if (formatsOf(consent).length === 0) return ''
  const { issuerState } = consent
  const offered = issuerState === null ? null : await offeredBadge(db, { personId, issuerState, now })
  const badges = await offerable(db, asked)
  if (badges.length === 0) {
    return html`<p>Vous n’avez aucun badge à mettre dans un portefeuille : refusez cette demande.</p>`
  }
  return html`!${errorSummary(refusal)}
  !${boxesField({
    name: 'badges',
    label: 'Badges à mettre dans ce portefeuille',
    hint: 'Le portefeuille en garde une copie signée, liée à lui. Révoqué ou suspendu ici, un badge l’est aussi là-bas.',
    options: badges.map(({ id, about, organisation, validFrom }) => [
      id,
      `${about.name}, délivré le ${longDate(validFrom)} par ${organisation}`,
    ]),
    value: given?.['badges'] ?? offered ?? [],
    refusal: refusal ?? null,
  })}`
}

/**
 * What the chosen badges add to a grant (`authorization_details`, OpenID4VCI 1.0 §6.2), none when no badge is asked for. The offer that
 * the wallet came from is answered, and ends. Errors: `no_badge_chosen`, `badge_not_offered`.
 */
export async function chosenDetails(db: Db, asked: Asked & { badges: string[] }): Promise<AuthorizationDetail[]> {
  const { consent, badges } = asked
  const formats = formatsOf(consent)
  if (formats.length === 0) return []
  if (badges.length === 0) {
    throw invalid('no_badge_chosen', 'Aucun badge n’est choisi.', 'Cochez au moins un badge, ou refusez la demande.', {
      field: 'badges',
    })
  }
  const mine = new Set((await offerable(db, asked)).map((one) => one.id))
  if (!badges.every((one) => mine.has(one))) {
    throw invalid(
      'badge_not_offered',
      'L’un des badges choisis ne peut pas être mis dans un portefeuille : il n’est pas le vôtre, ou n’est plus valable.',
      'Choisissez parmi ceux de la liste.',
      { field: 'badges' },
    )
  }
  if (consent.issuerState !== null) await closeOffer(db, consent.issuerState)
  return detailsOf(badges, formats)
}
