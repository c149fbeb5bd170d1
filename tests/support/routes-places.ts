import type { Route } from './routes.ts'

/** The places where people are helped, and who is trained there. */
export const placesRoutes: Record<string, Route> = {}
