import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { OPERATIONS } from '../../contract/http/operations.ts'
import { invalidInput, type RunKey } from '../../contract/index.ts'
import { newestTry } from '../../store/newest-try.ts'
import { readLog } from '../../store/read-log.ts'
import type { LogKey, RecordReader } from '../../store/store.ts'
import { beginStream } from '../streams/begin-stream.ts'
import type { StreamingDeps } from '../streams/deps.ts'
import { type StreamLife, streamLife } from '../streams/stream-life.ts'
import { writeWhenDrained } from '../streams/write-when-drained.ts'
import { callerOf, routeOf } from './route-of.ts'
import { keyOf } from './runs.ts'
import { visibleRun } from './visible.ts'

const POLL_MS = 100

/** Output of runs, as it was written, live while they run. */
export const logRoutes: FastifyPluginAsyncZod<StreamingDeps> = async (app, deps) => {
  const { store, drain, metrics, settings } = deps
  app.route({
    ...routeOf(OPERATIONS.readLog),
    async handler(request, reply) {
      const { follow, stream, try: asked, offset } = request.query
      if (offset > 0 && stream === undefined) {
        throw invalidInput('offset', offset, 'counts the bytes of one stream', 'Say which: stream=stdout or stderr.')
      }
      const caller = callerOf(request)
      const run = keyOf(await visibleRun(store, caller, request.params.run))
      const number = asked ?? (await newestTry(store, run))
      const streams = stream === undefined ? (['stdout', 'stderr'] as const) : ([stream] as const)
      const tails = streams.map((name): Tail => ({ key: { ...run, try: number, stream: name }, offset }))
      const life = streamLife(request.raw.socket, caller, { drain, auth: deps })
      beginStream(reply, { 'content-type': 'application/octet-stream', 'commit-suite-try': String(number) })
      metrics.openStreams.inc({ kind: 'log' })
      let whole = false
      try {
        const follows = follow === '1' || follow === 'true'
        for await (const piece of outputOf(store, run, tails, follows, life, settings.heartbeatMs)) {
          await writeWhenDrained(reply.raw, piece, life.signal)
        }
        whole = !life.signal.aborted
      } finally {
        metrics.openStreams.dec({ kind: 'log' })
        // An end would say that this was all; what breaks off is asked for again.
        if (whole) reply.raw.end()
        else reply.raw.destroy()
        life.end()
      }
    },
  })
}

interface Tail {
  key: LogKey
  offset: number
}

/** What the streams hold, each in order; with `follows` until the run has its result. */
async function* outputOf(
  store: RecordReader,
  run: RunKey,
  tails: readonly Tail[],
  follows: boolean,
  life: StreamLife,
  beatMs: number,
): AsyncGenerator<Uint8Array> {
  let checkedAt = Date.now()
  while (!life.signal.aborted) {
    // Looked at before the output: once the run is over, everything it wrote is stored.
    const over = !follows || (await store.results.get(run)) !== undefined
    for (const tail of tails) {
      const pieces = readLog(store, tail.key, tail.offset)
      let piece = await pieces.next()
      for (; piece.done !== true; piece = await pieces.next()) yield piece.value
      tail.offset = piece.value
    }
    if (over) return
    if (Date.now() - checkedAt > beatMs) {
      await life.check()
      checkedAt = Date.now()
    }
    await sleep(POLL_MS, undefined, { signal: life.signal }).catch(() => undefined)
  }
}
