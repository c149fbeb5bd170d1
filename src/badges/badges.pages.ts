import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Db } from '../db.ts'
export const badgesPages = (_: { db: Db; baseUrl: string }): FastifyPluginAsyncTypebox => async () => {}
