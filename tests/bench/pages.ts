import autocannon from 'autocannon'
import { number, type Part, times } from './measure.ts'
import { freePort, openStand, ready, startProcess, stop } from './stand.ts'

const ROUNDS = 2
const SECONDS = 5

/** The public page of a badge and its JSON under 20 connections, beside a Fastify route that does nothing else. */
export async function benchPages(): Promise<Part> {
  const stand = await openStand('postgres')
  const port = await freePort()
  try {
    const { badge } = await stand.campaign(10)
    const document = await (await fetch(`${stand.url}${badge}.json`)).text()
    const bare = startProcess('../tests/bench/bare.ts', { PATH: process.env['PATH'] }, [String(port), document])
    try {
      await ready(`http://127.0.0.1:${port}`, bare)
      const rates = { bare: 0, json: 0, page: 0 }
      for (let round = 0; round < ROUNDS; round++) {
        rates.bare += await requestsPerSecond(`http://127.0.0.1:${port}/`)
        rates.json += await requestsPerSecond(`${stand.url}${badge}.json`)
        rates.page += await requestsPerSecond(`${stand.url}${badge}`, { accept: 'text/html' })
      }
      return partOf({ bare: rates.bare / ROUNDS, json: rates.json / ROUNDS, page: rates.page / ROUNDS })
    } finally {
      await stop(bare)
    }
  } finally {
    await stand.close()
  }
}

async function requestsPerSecond(url: string, headers: Record<string, string> = {}): Promise<number> {
  const { requests, non2xx, errors } = await autocannon({ url, headers, connections: 20, duration: SECONDS })
  if (non2xx + errors > 0) throw new Error(`${url} : ${non2xx} réponses autres que 2xx, ${errors} erreurs.`)
  return requests.average
}

function partOf({ bare, json, page }: Record<'bare' | 'json' | 'page', number>): Part {
  return {
    title: 'Pages publiques (requêtes par seconde, 20 connexions, PostgreSQL)',
    ratios: [
      ['.json / Fastify nu', times(json, bare)],
      ['page / Fastify nu', times(page, bare)],
    ],
    lines: [
      ['Fastify nu, le même texte', number(bare)],
      ['/credentials/{id}.json', number(json)],
      ['/credentials/{id}, page vérifiée', number(page)],
    ],
    figures: { bareFastifyRequestsPerSecond: bare, jsonRequestsPerSecond: json, pageRequestsPerSecond: page },
  }
}
