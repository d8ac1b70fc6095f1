import type { StoredRound, StoredSearch } from '../../src/store/searches/search-store.ts'
import type { SearchDecision } from '../../workflows/search-api.ts'

/** What was decided after a round; undefined where that is not on record. */
export function decisionOnRecord(
  search: StoredSearch,
  rounds: readonly StoredRound[],
  round: number,
): SearchDecision | undefined {
  const details = detailsOf(search)
  const next = rounds.find((one) => one.round === round + 1)
  if (next !== undefined) {
    return { done: false, details, batches: next.batches.map(({ suite, sha, seeds }) => ({ suite, sha, seeds })) }
  }
  const { standing } = search
  if (standing === undefined || standing.rounds !== round || standing.answer === null) return undefined
  return { done: true, details, answer: standing.answer, culprit: standing.culprit?.sha ?? null }
}

const SHOWN = 5

/** What the Temporal Web UI shows. */
function detailsOf({ standing, commits }: StoredSearch): string {
  if (standing === undefined) return ''
  const { answer, rounds, runs, noneProbability, posterior, next } = standing
  const percent = (share: number) => `${(share * 100).toFixed(1)} %`
  const rows = posterior
    .slice(0, SHOWN)
    .map(({ sha, probability }) => `| \`${sha.slice(0, 12)}\` | ${percent(probability)} |`)
  const planned = next.map((batch) => `${batch.runs} at \`${batch.sha.slice(0, 12)}\``).join(', ')
  return [
    `**${answer ?? 'searching'}**: ${commits} commits, ${runs} runs in ${rounds} rounds.`,
    ...(answer === null ? [`Next: ${planned}.`] : []),
    '',
    '| commit | probability |',
    '|---|---|',
    ...rows,
    `| none | ${percent(noneProbability)} |`,
  ].join('\n')
}
