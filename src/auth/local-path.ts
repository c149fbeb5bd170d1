const HERE = 'http://here.invalid'
const HOME = '/mon-espace'
/** A cookie may have to hold it, sealed. */
const LONGEST = 2000

/** A path of this site, as a browser will read it; the person's own page when it leads elsewhere. */
export function localPath(value: unknown): string {
  if (typeof value !== 'string' || !value.startsWith('/') || !URL.canParse(value, HERE)) return HOME
  const { origin, pathname, search, hash } = new URL(value, HERE)
  const path = pathname + search + hash
  // `/a/..//evil` is read as `//evil`, which is another site.
  return origin === HERE && !path.startsWith('//') && path.length <= LONGEST ? path : HOME
}
