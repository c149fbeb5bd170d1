import { readConfig } from './config.ts'
import { assertKeysOpen } from './credentials/keys.ts'
import { connect } from './db.ts'
import { fail } from './fail.ts'
import { record } from './journal/journal.ts'
import { type Progress, rotate, type Rotation } from './rotation.ts'
import { createVault } from './vault.ts'

// Seals anew, under MASTER_KEY, what the keys of PREVIOUS_MASTER_KEYS sealed. Servers may run meanwhile with the same keys.
try {
  const config = readConfig()
  const database = await connect(config)
  try {
    const vault = createVault(config.masterKey, config.previousMasterKeys)
    await assertKeysOpen(database.db, vault)
    const rotation = await rotate(database.db, vault, process.stderr.isTTY ? show : undefined)
    const { renewed, left } = rotation
    await record(database.db, {
      author: 'ligne-de-commande',
      action: 'vault.rotated',
      subject: 'vault:master-key',
      details: { renewed, left },
    })
    report(rotation, config.previousMasterKeys.length > 0)
  } finally {
    await database.close()
  }
} catch (error) {
  fail(error)
}

function show({ table, read, renewed }: Parameters<Progress>[0]): void {
  process.stderr.write(`\r\u001B[K${table} : ${read} lignes lues, ${renewed} scellées à nouveau`)
}

function report({ renewed, left, stillMoving }: Rotation, hasPrevious: boolean): void {
  if (process.stderr.isTTY) process.stderr.write('\r\u001B[K')
  process.stdout.write(`${renewed} lignes scellées à nouveau sous la clé présente.\n`)
  const tables = Object.entries(left)
  if (tables.length === 0 && !stillMoving) {
    process.stdout.write(
      hasPrevious
        ? 'Plus rien ne dépend des clés précédentes : retirez PREVIOUS_MASTER_KEYS et redémarrez chaque processus.\n'
        : 'Tout est scellé sous la clé présente.\n',
    )
    return
  }
  for (const [table, count] of tables) {
    process.stderr.write(`${table} : ${count} lignes restent, qu’aucune clé donnée n’ouvre ou ne reconnaît.\n`)
  }
  if (stillMoving) {
    process.stderr.write('Un processus écrit encore sous une autre clé : donnez à tous la même MASTER_KEY.\n')
  }
  process.stderr.write('Gardez les clés précédentes, corrigez, puis relancez npm run rotate.\n')
  process.exitCode = 1
}
