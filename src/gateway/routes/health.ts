import type { FastifyPluginAsync } from 'fastify'
import { CommitSuiteError } from '../../contract/index.ts'
import { LIVENESS } from '../http/draining.ts'
import type { StreamingDeps } from '../streams/deps.ts'

const ANSWER_WITHIN_MS = 3_000

/** Whether the gateway lives, whether it can work, and what it counts; without a key on another port: telemetry/listener.ts. */
export const healthRoutes: FastifyPluginAsync<StreamingDeps> = async (app, { store, control, metrics, drain }) => {
  const open = { schema: { hide: true }, config: { role: null } }
  for (const url of LIVENESS) app.get(url, open, async () => ({ status: 'healthy' }))

  app.get('/readyz', open, async () => {
    if (drain.announced) throw new CommitSuiteError('draining', 'This gateway is ending.')
    await Promise.all([
      inTime('store_unavailable', 'The store', store.keys.any()),
      inTime('temporal_unavailable', 'Temporal', control.check()),
    ])
    return { status: 'ready' }
  })

  app.get('/metrics', { schema: { hide: true }, config: { role: 'read' } }, async (_request, reply) => {
    reply.type(metrics.registry.contentType)
    return await metrics.registry.metrics()
  })
}

async function inTime(code: 'store_unavailable' | 'temporal_unavailable', what: string, asked: Promise<unknown>) {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Error(`no answer in ${ANSWER_WITHIN_MS} ms`)), ANSWER_WITHIN_MS)
  try {
    await Promise.race([asked, late.promise])
  } catch (cause) {
    throw new CommitSuiteError(code, `${what} does not answer.`, {}, { cause })
  } finally {
    clearTimeout(timer)
  }
}
