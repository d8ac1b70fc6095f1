import type { FastifyPluginAsync } from 'fastify'
import { backendIm } from '../faces/backend-im/backend-im.ts'
import { runpodFace } from '../faces/runpod/face.ts'
import type { StreamingDeps } from '../streams/deps.ts'
import { streamLife } from '../streams/stream-life.ts'
import { callerOf } from './route-of.ts'

/** Their clients wait ten seconds for an answer. */
const JOB_ADMISSION_MS = 2_000

/** Clients that existed before us, each by its own protocol. */
export const faceRoutes: FastifyPluginAsync<StreamingDeps> = async (app, deps) => {
  const { store, control, settings, starter, drain, log } = deps
  const serve = backendIm({
    store,
    control,
    sessions: control.sessions,
    start: (caller, request) => starter.start(caller, request, { alone: true }),
    executor: settings.faceExecutor,
    log,
  })
  app.get('/ws', { websocket: true, schema: { hide: true }, config: { role: 'run' } }, (socket, request) => {
    const caller = callerOf(request)
    serve(socket, { caller, life: streamLife(request.raw.socket, caller, { drain, auth: deps }) })
  })

  const jobs = runpodFace({
    store,
    cursors: store.streamCursors,
    control,
    callerOf,
    startSuite: (request, suite) =>
      starter.start(callerOf(request), suite, { alone: true, admissionMs: JOB_ADMISSION_MS }),
    executor: settings.faceExecutor,
    countWorkers: () => control.countWorkers(),
    signal: drain.signal,
  })
  await app.register(jobs, { prefix: '/v2' })
}
