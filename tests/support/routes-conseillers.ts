import type { Route } from './routes.ts'

export const conseillers: Record<string, Route> = {}
