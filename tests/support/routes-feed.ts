import type { Route } from './routes.ts'

/** What tells other tools of what happened here. */
export const feedRoutes: Record<string, Route> = {}
