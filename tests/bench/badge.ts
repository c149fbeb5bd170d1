import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getAchievement, serializeAchievement } from '../../src/badges/achievements.ts'
import { slotsOf } from '../../src/credentials/badge-content.ts'
import type { Fixed, Slots } from '../../src/credentials/slots.ts'
import { connect } from '../../src/db.ts'
import { loadContent } from '../../src/cartography/load.ts'

const BASE_URL = 'https://insigne.example'
export const ORGANISATION = { slug: 'organisme-exemple', name: 'Organisme de formation d’exemple' }
const DID = `did:web:insigne.example:organisations:${ORGANISATION.slug}`
const NARRATIVE = 'A conduit un entretien de recueil de mandat, mise en situation filmée.'

/** What the whole benchmark issues: the badge of the demonstration, with three results and a comment. */
export async function exampleBadge(): Promise<{ fixed: Fixed; did: string; slots(count: number): Slots[] }> {
  const achievement = await exampleAchievement()
  const url = `${BASE_URL}/organisations/${ORGANISATION.slug}`
  const fixed: Fixed = {
    issuer: { id: DID, type: ['Profile'], name: ORGANISATION.name, url },
    achievement: serializeAchievement(achievement, BASE_URL),
  }
  const listId = randomUUID()
  const validFrom = new Date()
  const slots = (number: number): Slots =>
    slotsOf({
      id: `${BASE_URL}/credentials/${randomUUID()}`,
      baseUrl: BASE_URL,
      achievement,
      completion: {
        completedOn: '2026-03-31',
        levels: [
          { framework: 'digcomp', version: '3.0', code: '4.2', level: 5 },
          { framework: 'digcomp', version: '3.0', code: '2.3', level: 1 + (number % 8) },
          { framework: 'mediation', version: '1.0', code: 'D5', level: null },
        ],
        evidenceUrl: null,
        narrative: NARRATIVE,
      },
      identity: { email: `personne${number}@exemple.invalid`, givenName: 'Zoé', familyName: `Exemple-${number}` },
      place: { listId, index: number },
      validFrom,
    })
  return { fixed, did: DID, slots: (count) => Array.from({ length: count }, (_, number) => slots(number)) }
}

async function exampleAchievement() {
  const folder = mkdtempSync(join(tmpdir(), 'insigne-bench-'))
  const { db, close } = await connect({ databaseUrl: null, dataDir: folder })
  try {
    await loadContent(db)
    return await getAchievement(db, 'aidants-connect')
  } finally {
    await close()
    rmSync(folder, { recursive: true, force: true })
  }
}

const HEADER = 'email,given_name,family_name,completed_on,result,digcomp:4.2,digcomp:2.3,mediation:D5,narrative'

/** The same badge as rows of a file; `prefix` makes the people of one file strangers to those of another. */
export function exampleCsv(rows: number, prefix: string): string {
  const row = (number: number): string =>
    `${prefix}${number}@exemple.invalid,Zoé,Exemple-${number},2026-03-31,acquis,5,${1 + (number % 8)},acquis,"${NARRATIVE}"`
  return [HEADER, ...Array.from({ length: rows }, (_, number) => row(number))].join('\n')
}
