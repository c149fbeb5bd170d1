import { createWriteStream, openAsBlob } from 'node:fs'
import { extname } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { parseArgs } from 'node:util'

const USAGE = `Usage : npm run send -- <fichier.csv ou .json> --session <id> --token <jeton> [--url http://localhost:3000]
Envoie les acquis d’une session, suit la délivrance et écrit les reçus à côté du fichier.`

type Counts = { received: number; issued: number; alreadyIssued: number; refused: number; pending: number }
type Campaign = { state: string; counts: Counts }
type Service = { api: string; headers: Record<string, string> }

const ATTEMPTS = 30
const PAUSE_MS = 1000

/** What the service refused, in its own words: asking again would not change it. */
class Refused extends Error {}

// A client of the public API and nothing more: it runs on any machine, without the database.
try {
  const { file, session, token, url } = readArguments()
  const service = { api: `${url.replace(/\/+$/, '')}/api/v1`, headers: { authorization: `Bearer ${token}` } }
  say(`Envoi de ${file}…`)
  const { campaign, page } = await send(service, session, file)
  say(`Fichier reçu. Avancement : ${page}`, true)
  const { state, counts } = await follow(service, campaign)
  const receipts = file.replace(/\.[^./]*$/, '') + '.recus.csv'
  await download(service, campaign, receipts)
  const refusals = counts.refused > 0 ? `, ${counts.refused} lignes refusées` : ''
  const ending = state === 'cancelled' ? 'Lot annulé' : 'Terminé'
  say(`${ending} : ${counts.issued} badges délivrés, ${counts.alreadyIssued} l’étaient déjà${refusals}.`, true)
  say(`Reçus : ${receipts}`, true)
  process.exitCode = counts.refused > 0 ? 1 : 0
} catch (error) {
  process.stderr.write(`${words(error)}\n`)
  process.exitCode = 3
}

function readArguments() {
  const string = { type: 'string' } as const
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { session: string, token: string, url: string },
  })
  const { session, token, url = 'http://localhost:3000' } = values
  const [file] = positionals
  if (file === undefined || !session || !token) throw new Error(USAGE)
  return { file, session, token, url }
}

/** Sends the file as it is on the disk, little by little. */
async function send(
  { api, headers }: Service,
  session: string,
  file: string,
): Promise<{ campaign: string; page: string }> {
  const type = extname(file).toLowerCase() === '.json' ? 'application/json' : 'text/csv'
  const response = await ask(`${api}/sessions/${encodeURIComponent(session)}/completions`, {
    method: 'POST',
    headers: { ...headers, 'content-type': type },
    body: await openAsBlob(file),
  })
  return (await response.json()) as { campaign: string; page: string }
}

/** Shows the progress until nothing is pending; a connection that breaks is taken up again. */
async function follow({ api, headers }: Service, campaign: string): Promise<Campaign> {
  for (let failures = 0; ; failures++) {
    try {
      const response = await ask(`${api}/campaigns/${campaign}/events`, { headers })
      for await (const { event, data } of eventsOf(response)) {
        const told = JSON.parse(data) as Campaign
        show(told)
        failures = 0
        if (event === 'done') return told
      }
    } catch (error) {
      if (error instanceof Refused || failures >= ATTEMPTS) throw error
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
  }
}
async function* eventsOf(response: Response): AsyncGenerator<{ event: string; data: string }> {
  let text = ''
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    const blocks = (text + chunk).split('\n\n')
    text = blocks.pop()!
    for (const block of blocks) {
      const [, event, data] = /^event: (\w+)\ndata: (.*)$/.exec(block) ?? []
      if (event !== undefined && data !== undefined) yield { event, data }
    }
  }
}

async function download({ api, headers }: Service, campaign: string, file: string): Promise<void> {
  const response = await ask(`${api}/campaigns/${campaign}/receipts.csv`, { headers })
  await pipeline(response.body!, createWriteStream(file, { mode: 0o600 }))
}

async function ask(url: string, init: RequestInit): Promise<Response> {
  const response = await fetch(url, init)
  if (response.ok) return response
  const problem = (await response.json().catch(() => null)) as { detail?: string; mend?: string } | null
  const message = problem?.detail ? `${problem.detail} ${problem.mend ?? ''}` : `Le service répond ${response.status}.`
  if (response.status >= 500) throw new Error(message)
  throw new Refused(message)
}

function show({ state, counts }: Campaign): void {
  const settled = counts.received - counts.pending
  const percent = Math.floor((100 * settled) / Math.max(counts.received, 1))
  const bar = '█'.repeat(Math.floor(percent / 5)).padEnd(20, '░')
  say(`${bar} ${percent} % : ${settled} lignes sur ${counts.received}${state === 'paused' ? ' (en pause)' : ''}`)
}

/** On a terminal, a passing line is replaced by the next one; elsewhere each one is a line. */
function say(line: string, stays = false): void {
  if (process.stdout.isTTY) process.stdout.write(`\r\u001B[2K${line}${stays ? '\n' : ''}`)
  else process.stdout.write(`${line}\n`)
}

function words(error: unknown): string {
  const { code, message, cause } = error as NodeJS.ErrnoException & { cause?: unknown }
  if (code === 'ENOENT' || code === 'ERR_INVALID_ARG_VALUE')
    return 'Le fichier est introuvable ou illisible. Vérifiez son chemin.'
  if (code?.startsWith('ERR_PARSE_ARGS')) return USAGE
  return cause === undefined
    ? message
    : 'Le service ne répond pas. Vérifiez qu’il est démarré, et son adresse avec --url.'
}
