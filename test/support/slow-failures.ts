interface Lane {
  /** Of each attempt whether it fails, in attempt order. */
  failed: readonly boolean[]
  parallelism: number
  /** How much longer a failure takes than a pass, which takes 1. */
  slowness: number
}

export interface LaneRun {
  attempt: number
  startedAt: number
  endedAt: number
}

/** The runs of a lane in the order in which they end; attempts start in their order, each as soon as a slot is free. */
export function runsAsTheyEnd({ failed, parallelism, slowness }: Lane): LaneRun[] {
  const freeAt = new Array<number>(parallelism).fill(0)
  const runs = failed.map((fails, attempt): LaneRun => {
    const startedAt = Math.min(...freeAt)
    const endedAt = startedAt + (fails ? slowness : 1)
    freeAt[freeAt.indexOf(startedAt)] = endedAt
    return { attempt, startedAt, endedAt }
  })
  return runs.toSorted((a, b) => a.endedAt - b.endedAt || a.attempt - b.attempt)
}

/** Whenever the longest finished prefix grows: its length, and the run whose end made it grow. */
export function* finishedPrefixes(ended: Iterable<LaneRun>): Generator<{ length: number; by: LaneRun }> {
  const finished = new Set<number>()
  let length = 0
  for (const by of ended) {
    finished.add(by.attempt)
    const before = length
    while (finished.has(length)) length++
    if (length > before) yield { length, by }
  }
}
