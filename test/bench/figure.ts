export type Unit =
  | 'ms'
  | 's'
  | 'CPU-ms'
  | 'MB'
  | 'KB'
  | 'events'
  | 'events/s'
  | 'suites'
  | 'requests'
  | 'runs'
  | 'rounds'
  | '%'
  | '×'

/** One thing measured, each time it was. */
export interface Figure {
  name: string
  unit: Unit
  samples: number[]
  /** The mean is to stay below it. */
  goal?: number
}

export interface Bench {
  name: string
  /** What is measured and how, one sentence. */
  description: string
  /** False: only when asked for by name. */
  byDefault: boolean
  run(scale: Scale): Promise<Figure[]>
}

/** Makes counts smaller for a trial of the bench itself: figures of record are taken at 1. */
export type Scale = (count: number) => number

export interface Summary {
  name: string
  unit: Unit
  n: number
  mean: number
  p50: number
  p99: number
  goal: number | null
}

/** The smallest sample that at least `share` of all samples do not exceed (nearest rank). */
function quantile(sorted: number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN
}

export function summarize({ name, unit, samples, goal }: Figure): Summary {
  if (samples.length === 0) throw new Error(`nothing was measured for “${name}”`)
  const sorted = samples.toSorted((a, b) => a - b)
  const mean = sorted.reduce((sum, sample) => sum + sample, 0) / sorted.length
  return {
    name,
    unit,
    n: sorted.length,
    mean,
    p50: quantile(sorted, 0.5),
    p99: quantile(sorted, 0.99),
    goal: goal ?? null,
  }
}
