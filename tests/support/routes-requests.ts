import type { Route } from './routes.ts'

export const requests: Record<string, Route> = {}
