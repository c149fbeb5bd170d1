import type { Route } from './routes.ts'

/** What people and structures lack in training. */
export const needsRoutes: Record<string, Route> = {}
