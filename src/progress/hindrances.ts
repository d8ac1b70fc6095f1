import { count, plural } from '../report/format.ts'
import type { SuiteProgress } from './state.ts'

/** Reasons may name nodes or pods; the commonest say enough. */
const MOST_REASONS = 5

/**
 * What keeps a suite from going on, in one line per reason and not per run: what runs wait for, the commonest reason
 * first, and the faults for which runs were tried again. The words are of others: they are shown as text, and nothing else.
 */
export function hindrances({ waiting, retries }: SuiteProgress): string[] {
  const runsByReason = new Map<string, number>()
  for (const reason of waiting.values()) runsByReason.set(reason, (runsByReason.get(reason) ?? 0) + 1)
  const reasons = [...runsByReason].toSorted(([, a], [, b]) => b - a)
  const lines = reasons.slice(0, MOST_REASONS).map(([reason, runs]) => `waiting: ${reason} (${plural(runs, 'run')})`)
  if (reasons.length > MOST_REASONS) lines.push(`waiting: ${count(reasons.length - MOST_REASONS)} more reasons`)
  for (const [fault, { times, message }] of retries) {
    const why = message === '' ? '' : `: ${message}`
    lines.push(`retried: ${fault}${why} (${times === 1 ? 'once' : `${count(times)} times`})`)
  }
  return lines
}
