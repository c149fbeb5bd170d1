const HINTS: Record<string, string> = {
  EADDRINUSE: 'Le port est déjà pris. Choisissez-en un autre : PORT=3001 npm start.',
  ECONNREFUSED: 'PostgreSQL ne répond pas. Vérifiez DATABASE_URL, ou retirez-la pour utiliser la base embarquée.',
  EACCES: 'Le dossier de données n’est pas accessible. Vérifiez DATA_DIR et ses droits.',
  ENOSPC: 'Le disque est plein. Libérez de la place, puis relancez : rien n’a été perdu.',
}

/** Ends a command that could not start, with a sentence rather than a stack. */
export function fail(error: unknown): never {
  const { code, message } = error as NodeJS.ErrnoException
  process.stderr.write(`Insigne n’a pas pu démarrer. ${HINTS[code ?? ''] ?? message}\n`)
  process.exit(1)
}
