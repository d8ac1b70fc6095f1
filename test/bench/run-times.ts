import type { SuiteEvent } from '../../src/contract/index.ts'

/** How the runs of a suite went, from its events; all in ms. */
export interface RunTimes {
  /** From the first start to the last end. */
  spanMs: number
  /** From the first start to the last start. */
  rampMs: number
  startToFinish: number[]
  /** The command itself, as its run measured it. */
  commands: number[]
  /** From the end of a run to the start of the one that took its slot. */
  slotWaits: number[]
}

const timesOf = (events: SuiteEvent[], type: SuiteEvent['type']): number[] =>
  events.filter((event) => event.type === type).map(({ at }) => Date.parse(at))

/** `parallelism` as the suite had it: the run after the first so many waits for the first end, and so on. */
export function runTimes(events: SuiteEvent[], parallelism: number): RunTimes {
  const starts = timesOf(events, 'run.started').toSorted((a, b) => a - b)
  const ends = timesOf(events, 'run.finished').toSorted((a, b) => a - b)
  const startedAt = new Map(
    events.flatMap((event) => (event.type === 'run.started' ? [[event.data.run, Date.parse(event.at)] as const] : [])),
  )
  const finished = events.filter((event) => event.type === 'run.finished')
  return {
    rampMs: (starts.at(-1) ?? 0) - (starts[0] ?? 0),
    spanMs: (ends.at(-1) ?? 0) - (starts[0] ?? 0),
    startToFinish: finished.map(({ at, data }) => Date.parse(at) - (startedAt.get(data.run) ?? Number.NaN)),
    commands: finished.map(({ data }) => data.durationMs),
    slotWaits: starts.slice(parallelism).map((start, index) => start - (ends[index] ?? start)),
  }
}
