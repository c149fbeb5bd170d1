import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { PERIOD_NAMES, PERIODS, periodVariable } from '../../src/privacy/periods.ts'

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
const guide = read('docs/exploiter.md')

test('the guide of the operator names every variable that the configuration reads', () => {
  const named = read('src/config.ts').matchAll(
    /env\.([A-Z_]+)|wholeNumber\(env, '([A-Z_]+)'|\b([A-Z]+(?:_[A-Z]+)+)(?=: \w+[ ,]|, [A-Z_]+ }| }: Env)/g,
  )
  const variables = [...new Set(Array.from(named, ([, one, two, three]) => (one ?? two ?? three)!))]
  expect(variables).toEqual(expect.arrayContaining(['MASTER_KEY', 'PORT', 'SMTP_URL', 'MAIL_FROM', 'OPERATOR_NAME']))
  expect(variables.filter((one) => !guide.includes(`\`${one}\``))).toEqual([])
})

test('the guide gives the periods that the service applies by default', () => {
  const rows = Array.from(guide.matchAll(/^\| `(RETENTION_\w+)` \|.*\| `(\d+)` +\|$/gm), ([, name, days]) => [
    name,
    Number(days),
  ])
  expect(rows).toEqual(PERIOD_NAMES.map((name) => [periodVariable(name), PERIODS[name].days]))
})
