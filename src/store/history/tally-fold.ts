/** A run as the history counts it. */
export interface SeenRun {
  seed: number
  /** When it began. */
  at: string
  /** Public id. */
  run: string
  ranSet: number | null
  /** Fingerprints by test; null where none was kept. */
  failures: ReadonlyMap<number, string | null>
}

/** Who has not counted the seed of a run yet: its owner, and those who see all. Whoever sees all has less that is new. */
export interface Freshness {
  own: boolean
  all: boolean
}

export interface Counted {
  own: number
  all: number
}

export interface RunGroup extends Counted {
  day: string
  ranSet: number
  first: string
  last: string
}

export interface FailureGroup extends Counted {
  test: number
  day: string
}

export interface FingerprintGroup extends Counted {
  test: number
  fingerprint: string
  first: string
  last: string
  run: string
}

/** What a fold adds to the history, grouped as the tables hold it. */
export interface FoldTally {
  runs: RunGroup[]
  failures: FailureGroup[]
  fingerprints: FingerprintGroup[]
  /** When each test failed first and last. */
  failedAt: ReadonlyMap<number, Span>
}

export interface Span {
  first: string
  last: string
}

export const extended = <T extends Span>(span: T, { first, last }: Span): T => {
  if (first < span.first) span.first = first
  if (last > span.last) span.last = last
  return span
}

export const dayOf = (time: string): string => time.slice(0, '2026-11-29'.length)

/** Groups the runs that somebody has not counted yet. */
export function tallyFold(runs: readonly SeenRun[], freshnessOf: (seed: number) => Freshness): FoldTally {
  const groups = new Map<string, RunGroup>()
  const failures = new Map<string, FailureGroup>()
  const fingerprints = new Map<string, FingerprintGroup>()
  const failedAt = new Map<number, Span>()
  for (const { seed, at, run, ranSet, failures: failed } of runs) {
    const fresh = freshnessOf(seed)
    if (ranSet === null || !fresh.own) continue
    const [day, span] = [dayOf(at), { first: at, last: at }]
    extended(
      add(groups, `${day} ${ranSet}`, fresh, () => ({ day, ranSet, ...span })),
      span,
    )
    for (const [test, fingerprint] of failed) {
      add(failures, `${day} ${test}`, fresh, () => ({ test, day }))
      failedAt.set(test, extended(failedAt.get(test) ?? { ...span }, span))
      if (fingerprint === null) continue
      const group = add(fingerprints, `${test} ${fingerprint}`, fresh, () => ({ test, fingerprint, ...span, run }))
      if (at >= group.last) group.run = run
      extended(group, span)
    }
  }
  return {
    runs: [...groups.values()],
    failures: [...failures.values()],
    fingerprints: [...fingerprints.values()],
    failedAt,
  }
}

function add<T extends object>(groups: Map<string, T & Counted>, key: string, { all }: Freshness, make: () => T) {
  const group = groups.get(key) ?? { ...make(), own: 0, all: 0 }
  groups.set(key, group)
  group.own++
  if (all) group.all++
  return group
}
