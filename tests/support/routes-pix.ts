import type { Route } from './routes.ts'

export const pix: Record<string, Route> = {}
