import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'

// A judge that tries what it must not: read a file, write one, start a program, see the environment.
const attempts: [string, () => string | undefined][] = [
  ['read', () => readFileSync('/etc/passwd', 'utf8')],
  [
    'write',
    () => {
      writeFileSync('/tmp/insigne-escape', '')
      return 'written'
    },
  ],
  ['spawn', () => (spawnSync('true').error ? undefined : 'spawned')],
  ['environment', () => process.env['PATH'] ?? process.env['HOME']],
]
process.on('message', () => {
  const done = attempts.filter(([, attempt]) => {
    try {
      return attempt() !== undefined
    } catch {
      return false
    }
  })
  process.send!({ done: 'refused', code: done.map(([name]) => name).join(',') || 'nothing' })
})
