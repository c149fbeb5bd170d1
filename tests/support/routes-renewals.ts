import type { Route } from './routes.ts'

export const renewals: Record<string, Route> = {}
