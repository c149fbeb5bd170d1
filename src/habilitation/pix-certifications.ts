import { asc, eq } from '../drizzle.ts'
import { type Db, isAnyOf } from '../db.ts'
import { conflict, invalid, notFound } from '../errors.ts'
import { record } from '../journal/journal.ts'
import { personOfEmail } from '../people/people.ts'
import { getFramework } from '../referential/referential.ts'
import type { Vault } from '../vault.ts'
import { parisDate } from '../days.ts'
import { type GivenMark, readMarks } from './pix-marks.ts'
import { isPlausible } from './pix-rows.ts'
import { pixCertifications } from './pix.sql.ts'
import { habilitationRequests } from './requests.sql.ts'

const SEAL = 'habilitation/pix-code'

type NewCertification = {
  email: string
  verificationCode: string
  pixScore: number
  certifiedOn: string
  marks: GivenMark[]
}

/**
 * Records the Pix certification of a person who is known here; the same again is recognised. Answers its id, and whether it
 * is new. Errors: `person_unknown`, `date_impossible`, those of the marks, `pix_certification_different`.
 */
export async function recordCertification(
  db: Db,
  vault: Vault,
  given: NewCertification,
  author: string,
): Promise<{ id: string; isNew: boolean }> {
  const { pixScore, certifiedOn } = given
  if (!isPlausible(certifiedOn, parisDate(new Date()))) throw dateImpossible(certifiedOn)
  const { competences } = await getFramework(db, 'pix')
  const codes = new Set(competences.filter((one) => one.kind === 'competence').map((one) => one.code))
  const marks = readMarks(given.marks, codes)
  const fingerprints = vault.fingerprints(SEAL, given.verificationCode)
  return db.transaction(async (tx) => {
    const personId = await personOfEmail(tx, vault, given.email)
    if (personId === null) throw personUnknown()
    const content = { personId, pixScore, certifiedOn, marks }
    const verificationCode = vault.seal(SEAL, given.verificationCode)
    const isKnown = isAnyOf(pixCertifications.codeFingerprint, fingerprints)
    const known = await tx.select().from(pixCertifications).where(isKnown)
    const [created] = known.length
      ? []
      : await tx
          .insert(pixCertifications)
          .values({ ...content, verificationCode, codeFingerprint: fingerprints[0]!, recordedBy: author })
          .onConflictDoNothing()
          .returning({ id: pixCertifications.id })
    if (created) {
      const { id } = created
      await record(tx, { author, action: 'pix.certification_recorded', subject: `pix-certification:${id}`, personId })
      return { id, isNew: true }
    }
    // Known before, or recorded by another at this very moment.
    const [same] = known.length ? known : await tx.select().from(pixCertifications).where(isKnown)
    if (!same || !isSame(same, content)) throw different()
    return { id: same.id, isNew: false }
  })
}

type Content = Pick<typeof pixCertifications.$inferSelect, 'personId' | 'pixScore' | 'certifiedOn' | 'marks'>

/** Rows read back from the database have their fields in another order: it is written out. */
const isSame = (one: Content, other: Content): boolean => written(one) === written(other)
const written = ({ personId, pixScore, certifiedOn, marks }: Content): string =>
  JSON.stringify([personId, pixScore, certifiedOn, marks.map(({ code, level, score }) => [code, level, score])])

/** The Pix certifications of the person that a request is about, the oldest first; `not_found` without such a request. */
export async function listCertifications(db: Db, vault: Vault, requestId: string, author: string) {
  const [asked] = await db
    .select({ personId: habilitationRequests.personId, organisationId: habilitationRequests.organisationId })
    .from(habilitationRequests)
    .where(eq(habilitationRequests.id, requestId))
  if (!asked) throw notFound('La demande', requestId)
  const found = await db
    .select()
    .from(pixCertifications)
    .where(eq(pixCertifications.personId, asked.personId))
    .orderBy(asc(pixCertifications.certifiedOn), asc(pixCertifications.id))
  await record(db, {
    author,
    action: 'pix.certifications_read',
    subject: `habilitation_request:${requestId}`,
    ...asked,
  })
  return found.map(({ id, verificationCode, pixScore, certifiedOn, marks, recordedAt }) => ({
    id,
    verificationCode: vault.open(SEAL, verificationCode),
    pixScore,
    certifiedOn,
    marks,
    /** The public code of Pix does not say how it follows from the score. */
    globalLevel: null,
    recordedAt,
  }))
}

const personUnknown = () =>
  invalid(
    'person_unknown',
    'Personne n’est connu ici sous cette adresse.',
    'Vérifiez l’adresse, ou enregistrez d’abord la demande d’habilitation de la personne.',
  )
const dateImpossible = (day: string) =>
  invalid(
    'date_impossible',
    `Aucune certification Pix ne peut dater du ${day}.`,
    'Recopiez la date depuis le certificat : elle n’est ni à venir, ni d’avant 2016.',
  )
const different = () =>
  conflict(
    'pix_certification_different',
    'Une certification différente est déjà enregistrée sous ce code de vérification.',
    'Relisez le certificat : chaque code n’en désigne qu’un, et d’une seule personne.',
  )
