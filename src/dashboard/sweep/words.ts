import type { SpentFor, SweepSummary, SweptTest } from '../../contract/http/sweeps.ts'
import { count, formatSpan, percent, plural } from '../../report/format.ts'

/** `500 runs, 2 h 00 m`; without a budget a firing makes the runs of its request. */
export function budgetWords({ runs, durationMs }: SweepSummary['budget']): string {
  const parts = [
    ...(runs === null ? [] : [plural(runs, 'run')]),
    ...(durationMs === null ? [] : [formatSpan(durationMs)]),
  ]
  return parts.length === 0 ? 'none' : parts.join(', ')
}

const WHY: Record<SpentFor, string> = {
  'new commit': 'to know a new commit',
  'wide interval': 'where a rate is known least',
  'known flake': 'at a known flake',
  proof: 'to prove a flake fixed',
}
/** What runs were spent for. */
export const whyWords = (why: SpentFor): string => WHY[why]

/** How many runs went where, most first. */
export function spentByReason(spent: readonly { runs: number; why: SpentFor }[]): { why: SpentFor; runs: number }[] {
  const runs = new Map<SpentFor, number>()
  for (const one of spent) runs.set(one.why, (runs.get(one.why) ?? 0) + one.runs)
  return [...runs].map(([why, sum]) => ({ why, runs: sum })).toSorted((a, b) => b.runs - a.runs)
}

/** What is known of a test that flakes, or did. */
export function stateWords({ state, failureRate, runs, claim, proofRuns, proofNeeded }: SweptTest): string {
  switch (state) {
    case 'fixed':
      return claim ?? 'proved fixed'
    case 'watched':
      return `${count(proofRuns)} of the ${plural(proofNeeded, 'run')} without a failure that prove it fixed`
    case 'flaky':
      return `failed in ${percent(failureRate)} of ${plural(runs, 'run')}`
  }
}

/** The value of an input of type `datetime-local`: local time to the minute. */
export function localMinute(ms: number): string {
  const date = new Date(ms)
  const two = (value: number): string => String(value).padStart(2, '0')
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}`
}
