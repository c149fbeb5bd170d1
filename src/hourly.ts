const HOUR_MS = 3600_000

/** Does something at the start, then every hour, never twice at once; it is told when to stop. Answers how to stop. */
export function hourly(
  work: (stop: AbortSignal) => Promise<void>,
  report: (error: unknown) => void,
): () => Promise<void> {
  const stop = new AbortController()
  let running = Promise.resolve()
  const run = () => {
    running = running.then(() => work(stop.signal)).catch(report)
  }
  run()
  const timer = setInterval(run, HOUR_MS)
  timer.unref()
  return async () => {
    clearInterval(timer)
    stop.abort() // the batch at work ends, the others wait for the next start
    await running
  }
}
