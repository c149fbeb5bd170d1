import type { Route } from './routes.ts'

export const habilitations: Record<string, Route> = {}
