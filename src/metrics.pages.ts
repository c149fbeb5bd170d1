import type { FastifyPluginAsync } from 'fastify'
import { metricsContentType, renderMetrics } from './metrics.ts'
import type { Queue } from './queue.ts'

/** `GET /metrics`, for Prometheus: counts only, nothing of anybody. */
export const metricsPages =
  ({ queue }: { queue: Queue }): FastifyPluginAsync =>
  async (app) => {
    const options = { config: { access: 'public' as const }, schema: { hide: true } }
    app.get('/metrics', options, async (_, reply) => reply.type(metricsContentType).send(await renderMetrics(queue)))
  }
