import chefsLieux from './chefs-lieux.json' with { type: 'json' }

const POINTS = new Map(chefsLieux.points.map((one) => [one.code, one]))
/** The mean radius of the Earth, in kilometres (IUGG). */
const EARTH_KM = 6371
const radians = (degrees: number): number => (degrees * Math.PI) / 180

/**
 * How far a département is from another, in whole kilometres as the crow flies between their chefs-lieux (haversine): an
 * approximation of a journey, never its length by road. 0 within one; null when either has no known point.
 */
export function kilometresBetween(from: string, to: string): number | null {
  const [a, b] = [POINTS.get(from), POINTS.get(to)]
  if (!a || !b) return null
  const [north, east] = [radians(b.latitude - a.latitude), radians(b.longitude - a.longitude)]
  const chord =
    Math.sin(north / 2) ** 2 + Math.cos(radians(a.latitude)) * Math.cos(radians(b.latitude)) * Math.sin(east / 2) ** 2
  return Math.round(2 * EARTH_KM * Math.asin(Math.sqrt(chord)))
}
