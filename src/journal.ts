import { parseArgs } from 'node:util'
import { readConfig } from './config.ts'
import { connect } from './db.ts'
import { fail } from './fail.ts'
import type { Head } from './journal/seals.ts'
import { type Finding, verifyJournal } from './journal/verify-journal.ts'
import { createVault } from './vault.ts'

const USAGE = `Usage : npm run journal -- [--expect <ligne>:<empreinte>]
Recalcule tout le journal. --expect : ce que cette commande a donné à noter une fois précédente.`

const expected = readExpected()
try {
  const config = readConfig()
  const { db, close } = await connect(config)
  const finding = await verifyJournal(db, createVault(config.masterKey, config.previousMasterKeys), {
    expected,
    progress: showProgress(),
  })
  await close()
  process.stdout.write(reportOf(finding))
  process.exitCode = finding.problem ? 1 : 0
} catch (error) {
  fail(error)
}

function readExpected(): Head | undefined {
  try {
    const { expect } = parseArgs({ options: { expect: { type: 'string' } } }).values
    if (expect === undefined) return undefined
    const [, position, hash] = /^(\d+):([0-9a-f]{64})$/.exec(expect)!
    return { position: Number(position), hash: hash! }
  } catch {
    process.stderr.write(`${USAGE}\n`)
    process.exit(2)
  }
}

/** On a terminal only, and only when it lasts. */
function showProgress(): (position: number) => void {
  const started = performance.now()
  return (position) => {
    if (process.stderr.isTTY && performance.now() - started > 1000) process.stderr.write(`\r${position} lignes relues…`)
  }
}

function reportOf({ head, sealed, problem }: Finding): string {
  if (problem) return `\nLe journal n’est pas intact. ${problem}\n`
  if (head.position === 0) return 'Le journal est vide.\n'
  const seal = sealed
    ? `Dernier sceau : ligne ${sealed.position}, le ${sealed.at.toISOString()}.`
    : 'Aucune ligne n’est encore scellée.'
  return `Le journal est intact : ${head.position} lignes. ${seal}
À noter ailleurs, pour la prochaine fois : --expect ${head.position}:${head.hash}\n`
}
