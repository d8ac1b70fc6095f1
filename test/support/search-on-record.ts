import { decideRound } from '../../activities/search/decide-round.ts'
import type { Outcome, SearchSpec } from '../../src/contract/index.ts'
import { inconclusive, judge } from '../../src/stats/verdict.ts'
import type { SearchCommit } from '../../src/store/searches/search-store.ts'
import type { Store } from '../../src/store/store.ts'
import type { SearchBatch, SearchDecision, SuiteFault } from '../../workflows/search-api.ts'
import { runResult, suiteCommit, suiteSpec } from '../unit/store/samples.ts'
import { linearCommits, searchSpec } from './recorded-search.ts'

/** How the runs of a commit end, by its position and the seed; or why it cannot be tested. */
export type Behaviour = (position: number, seed: number) => Outcome | { untested: string }

/** A search whose suites are put on record as workers would, without Temporal and without runs. */
export class SearchOnRecord {
  readonly store: Store
  readonly id: string
  readonly commits: readonly SearchCommit[]
  /** Every batch that was run. */
  readonly batches: SearchBatch[] = []

  private constructor(store: Store, id: string, commits: readonly SearchCommit[]) {
    this.store = store
    this.id = id
    this.commits = commits
  }

  static async begin(
    store: Store,
    fields: Partial<SearchSpec> = {},
    commits: readonly SearchCommit[] = linearCommits(16),
  ): Promise<SearchOnRecord> {
    const spec = searchSpec(fields.id ?? 'c-1', fields)
    await store.searches.create({ spec, requestDigest: 'digest' })
    const { id, repo, parallelism, seed } = spec
    const historyRuns = commits.reduce((sum, { prior }) => sum + prior.runs, 0)
    const range = { good: null, bad: commits.at(-1)?.sha ?? '', commits: commits.length, historyRuns }
    const data = { repo, ...range, parallelism, seed }
    await store.searches.begin(id, {
      ...{ spec, commits },
      event: { search: id, type: 'search.started', ordinal: 0, data },
    })
    return new SearchOnRecord(store, id, commits)
  }

  decide(round: number, faults: SuiteFault[] = [], cut = false): Promise<SearchDecision> {
    return decideRound({ store: this.store }, { search: this.id, round, faults, cut })
  }

  /** Puts the suite of a batch on record, with its end. */
  async run(batch: SearchBatch, behave: Behaviour): Promise<void> {
    const { suite, sha, seeds } = batch
    this.batches.push(batch)
    const position = this.commits.findIndex((commit) => commit.sha === sha)
    const round = Number(suite.split('-').at(-2))
    const partOf = { kind: 'search', id: this.id, round } as const
    const spec = suiteSpec(suite, { runs: seeds.length, seed: null, partOf })
    await this.store.suites.create({ spec, requestDigest: suite, seeds: [...seeds] })
    await this.store.suites.putCommits(suite, [suiteCommit(0, sha)])
    const counts = { passed: 0, failed: 0, timedOut: 0, crashed: 0, errors: 0, cancelled: 0 }
    for (const [attempt, seed] of seeds.entries()) {
      const outcome = behave(position, seed)
      if (typeof outcome !== 'string') {
        return await this.store.suites.putVerdict(suite, sha, 0, inconclusive(outcome.untested))
      }
      counts[outcome === 'passed' ? 'passed' : outcome === 'error' ? 'errors' : 'failed']++
      await this.store.results.record(runResult({ suite, sha, attempt, seed, outcome, artifacts: [] }))
    }
    await this.store.suites.putVerdict(suite, sha, 0, judge(counts))
  }

  /** Plays all rounds; the decision that ended it. */
  async play(behave: Behaviour): Promise<Extract<SearchDecision, { done: true }>> {
    for (let round = 0; ; round++) {
      const decision = await this.decide(round)
      if (decision.done) return decision
      for (const batch of decision.batches) await this.run(batch, behave)
    }
  }
}

/** A hash of position and seed as a number from 0 to 1: what a commit does under a seed never changes. */
function chance(position: number, seed: number): number {
  let state = Math.imul(seed ^ Math.imul(position + 1, 0x9e3779b1), 0x85ebca6b)
  state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35)
  return ((state ^ (state >>> 16)) >>> 0) / 2 ** 32
}

/** Fails with one rate before a commit and with another from it on. */
export const rising =
  (culprit: number, before: number, from: number): Behaviour =>
  (position, seed) =>
    chance(position, seed) < (position < culprit ? before : from) ? 'failed' : 'passed'
