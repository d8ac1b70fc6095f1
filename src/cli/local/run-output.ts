import { setTimeout as sleep } from 'node:timers/promises'
import { requireRun } from '../../store/find-run.ts'
import { newestTry } from '../../store/newest-try.ts'
import { readLog } from '../../store/read-log.ts'
import type { Store } from '../../store/store.ts'
import type { OutputOptions, OutputPiece } from '../site/site.ts'

const POLL_MS = 150

/** What is stored of a run; with `follow` also what comes until the run has ended. */
export async function* runOutput(
  store: Store,
  id: string,
  { streams, try: asked, follow }: OutputOptions,
): AsyncGenerator<OutputPiece> {
  const { parsed, sha } = await requireRun(store, id, 'RUN')
  const run = { suite: parsed.suite, sha, attempt: parsed.attempt, generation: parsed.generation }
  const number = asked ?? (await newestTry(store, run))
  const tails = streams.map((stream) => ({ key: { ...run, try: number, stream }, offset: 0 }))
  for (;;) {
    // Looked at before the output: once the run is over, everything it wrote is stored.
    const over = !follow || (await store.results.get(run)) !== undefined
    for (const tail of tails) {
      const pieces = readLog(store, tail.key, tail.offset)
      let piece = await pieces.next()
      for (; piece.done !== true; piece = await pieces.next()) yield { stream: tail.key.stream, bytes: piece.value }
      tail.offset = piece.value
    }
    if (over) return
    await sleep(POLL_MS)
  }
}
