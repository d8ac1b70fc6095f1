import type { RunRequest } from '../../../src/executors/executor.ts'
import { type BenchLane, quietContext } from './lane.ts'

/** A run through the executor as its worker sees it, in ms. */
export interface LaneRun {
  /** From the request to the word that the command runs. */
  startMs: number
  /** From there until all of the run is here. */
  endMs: number
  /** Until its pod was told to go or given back. */
  wholeMs: number
}

/** One run, which must pass with its reports; `look` is called before its pod is given back. */
export async function laneRun(
  lane: BenchLane,
  look: (request: RunRequest) => Promise<void> = async () => undefined,
): Promise<LaneRun> {
  const request = lane.nextRequest()
  const beganAtMs = performance.now()
  let startedAtMs = beganAtMs
  const context = {
    ...quietContext(),
    onStarted: async () => {
      startedAtMs = performance.now()
    },
  }
  const completion = await lane.executor.run(request, context)
  const endedAtMs = performance.now()
  if (completion.exitCode !== 0 || completion.files.length !== request.reports.length) {
    throw new Error(`run ${request.key.attempt} ended with ${completion.exitCode}, ${completion.files.length} reports`)
  }
  await look(request)
  const lookedAtMs = performance.now()
  await completion.dispose()
  const disposeMs = performance.now() - lookedAtMs
  const [startMs, endMs] = [startedAtMs - beganAtMs, endedAtMs - startedAtMs]
  return { startMs, endMs, wholeMs: startMs + endMs + disposeMs }
}

/** So many runs, `parallelism` at once; returns them with the wall time of all. */
export async function laneRuns(
  lane: BenchLane,
  count: number,
  parallelism: number,
): Promise<{ wallMs: number; runs: LaneRun[] }> {
  const runs: LaneRun[] = []
  let begun = 0
  const slot = async () => {
    while (begun < count) {
      begun += 1
      runs.push(await laneRun(lane))
    }
  }
  const beganAtMs = performance.now()
  await Promise.all(Array.from({ length: parallelism }, slot))
  return { wallMs: performance.now() - beganAtMs, runs }
}
