import type { TestService } from './app.ts'

/** Hears every statement of the service, with the values it is asked with; answers how to stop. */
export function hearStatements({ db }: TestService, hear: (text: string, params: unknown[]) => void): () => void {
  // Drizzle takes its logger when it opens: it is put in place here, for the connection and its transactions.
  const { session } = db as unknown as { session: { logger: object; options: { logger?: object } } }
  const silent = session.logger
  const set = (logger: object): void => {
    session.logger = logger
    session.options.logger = logger
  }
  set({ logQuery: hear })
  return () => set(silent)
}
