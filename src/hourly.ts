type Work = (stop: AbortSignal) => Promise<void>
type Report = (error: unknown) => void

/** Does something at the start, then every hour, never twice at once; it is told when to stop. Answers how to stop. */
export const hourly = (work: Work, report: Report): (() => Promise<void>) => every(3600, work, report)

/** The same as often as said; a turn that comes while the one before is at work waits for it. */
export function every(seconds: number, work: Work, report: Report): () => Promise<void> {
  const stop = new AbortController()
  let running = Promise.resolve()
  const run = () => {
    running = running.then(() => (stop.signal.aborted ? undefined : work(stop.signal))).catch(report)
  }
  run()
  const timer = setInterval(run, seconds * 1000)
  timer.unref()
  return async () => {
    clearInterval(timer)
    stop.abort() // the batch at work ends, the others wait for the next start
    await running
  }
}
