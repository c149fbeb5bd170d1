import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Db } from '../db.ts'
export const homePages = (_: { db: Db }): FastifyPluginAsyncTypebox => async () => {}
