import type { Route } from './routes.ts'

export const formations: Record<string, Route> = {}
