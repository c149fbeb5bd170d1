import type { Route } from './routes.ts'

export const proofs: Record<string, Route> = {}
