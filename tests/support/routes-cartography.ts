import type { Route } from './routes.ts'

/** The map of métiers and competences, and its releases. */
export const cartographyRoutes: Record<string, Route> = {}
