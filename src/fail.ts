const ACCESS_REFUSED =
  'PostgreSQL refuse l’accès à cette base. ' +
  'Vérifiez dans DATABASE_URL la base, qui doit exister, le compte et le mot de passe.'
const NO_ANSWER = 'PostgreSQL ne répond pas. Vérifiez DATABASE_URL, ou retirez-la pour utiliser la base embarquée.'
const DISK_FULL = 'Le disque est plein. Libérez de la place, puis relancez : rien n’a été perdu.'
const FOLDER_REFUSED = 'Le dossier de données n’est pas accessible. Vérifiez DATA_DIR et ses droits.'

/** By system code, driver code or SQLSTATE. */
const HINTS: Record<string, string> = {
  EADDRINUSE: 'Le port est déjà pris. Choisissez-en un autre : PORT=3001 npm start.',
  ECONNREFUSED: NO_ANSWER,
  ECONNRESET: NO_ANSWER,
  ETIMEDOUT: NO_ANSWER,
  EHOSTUNREACH: NO_ANSWER,
  CONNECT_TIMEOUT: NO_ANSWER,
  CONNECTION_CLOSED: NO_ANSWER,
  '57P03': 'PostgreSQL démarre ou s’arrête. Relancez dans quelques secondes.',
  ENOTFOUND: 'L’adresse de PostgreSQL est inconnue. Vérifiez le nom de la machine dans DATABASE_URL.',
  EAI_AGAIN: 'L’adresse de PostgreSQL est inconnue. Vérifiez le nom de la machine dans DATABASE_URL.',
  '3D000': ACCESS_REFUSED,
  '28000': ACCESS_REFUSED,
  '28P01': ACCESS_REFUSED,
  EACCES: FOLDER_REFUSED,
  EROFS: FOLDER_REFUSED,
  ENOSPC: DISK_FULL,
  '53100': DISK_FULL,
}

/** PGlite tells an error of the disk by its WASI number alone. */
const WASI_CODES: Record<number, string> = { 2: 'EACCES', 51: 'ENOSPC', 69: 'EROFS' }

/** Ends a command that could not start, with a sentence rather than a stack. */
export function fail(error: unknown): never {
  const { message, details } = error as Error & { details?: { faults?: string[] } }
  const told = [hintOf(error) ?? message, ...(details?.faults?.slice(1) ?? [])]
  process.stderr.write(`Insigne n’a pas pu démarrer. ${told.join('\n')}\n`)
  process.exit(1)
}

function hintOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined
  const { name, code, errno, cause } = error as NodeJS.ErrnoException
  const known = name === 'ErrnoError' ? WASI_CODES[errno ?? 0] : code
  return HINTS[known ?? ''] ?? hintOf(cause)
}
