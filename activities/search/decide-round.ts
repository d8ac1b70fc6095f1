import { setImmediate as breathe } from 'node:timers/promises'
import type { NewSearchEvent, SearchStanding } from '../../src/contract/index.ts'
import { concludeSearch, type SearchDecision as Decided, decideSearch } from '../../src/stats/culprit/decide.ts'
import { type Posterior, posterior } from '../../src/stats/culprit/posterior.ts'
import { entropyBits, plausibleCommits } from '../../src/stats/search-summary.ts'
import type { RoundOutcome } from '../../src/store/searches/round-rows.ts'
import type { StoredRound, StoredSearch } from '../../src/store/searches/search-store.ts'
import type { Store } from '../../src/store/store.ts'
import type { SearchDecision } from '../../workflows/search-api.ts'
import type { ActivityDeps } from '../deps.ts'
import type { RoundReference } from './api.ts'
import { assertTestable } from './assert-testable.ts'
import { findExample } from './find-example.ts'
import { type Knowledge, knowledgeOf } from './knowledge.ts'
import { mostTelling, planRound } from './plan-round.ts'
import { readOutcomes } from './read-outcomes.ts'
import { decisionOnRecord } from './search-decision.ts'
import { findSearch } from './search-lookup.ts'
import { namesOf, standingOf } from './standing.ts'

/**
 * Takes the evidence of a round, whole, puts on record what it shows and says what to run next, or the answer. Asked
 * again it answers the same. Fails where the search goes on in vain.
 */
export async function decideRound(
  { store }: Pick<ActivityDeps, 'store'>,
  asked: RoundReference,
): Promise<SearchDecision> {
  const { search: id, round, faults, cut } = asked
  const [search, rounds, commits] = await Promise.all([
    findSearch(store, id),
    store.searches.rounds(id),
    store.searches.commits(id),
  ])
  const known = decisionOnRecord(search, rounds, round)
  if (known !== undefined) return known
  const { batches = [] } = rounds.find((one) => one.round === round) ?? {}
  const outcomes = await readOutcomes(store, { spec: search.spec, batches, faults, cut })
  const earlier = rounds.flatMap((one) => one.outcomes ?? [])
  const knowledge = knowledgeOf(commits, [...earlier, ...outcomes])
  assertTestable(search.spec, knowledge, [...earlier, ...outcomes])
  const last = cut || isLate(search)
  await conclude(store, { search, rounds, round, outcomes, knowledge, last })
  return await onRecord(store, id, round)
}

async function onRecord(store: Store, id: string, round: number): Promise<SearchDecision> {
  const [search, rounds] = await Promise.all([findSearch(store, id), store.searches.rounds(id)])
  const decision = decisionOnRecord(search, rounds, round)
  if (decision === undefined) throw new Error(`round ${round} of ${id} is not on record`)
  return decision
}

const isLate = ({ spec, createdAt }: StoredSearch): boolean =>
  spec.maxDurationMs !== undefined && Date.now() >= Date.parse(createdAt) + spec.maxDurationMs

interface EndedRound {
  search: StoredSearch
  rounds: readonly StoredRound[]
  round: number
  outcomes: readonly RoundOutcome[]
  knowledge: Knowledge
  /** No further one is made. */
  last: boolean
}

async function conclude(store: Store, ended: EndedRound): Promise<void> {
  const { search, rounds, round, outcomes, knowledge } = ended
  const { spec } = search
  const { decided, next, found } = await decideBy(ended)
  const standing: SearchStanding = {
    ...standingOf({ spec, known: knowledge, found, decided, rounds: round, next }),
    example: decided.answer === 'culprit' ? await findExample(store, ended, decided.position) : null,
  }
  const batches =
    decided.answer === 'continue'
      ? await planRound(store, { spec, commits: knowledge.commits, rounds }, next)
      : undefined
  const event = roundEvent(ended, { standing, found, goesOn: batches !== undefined })
  await store.searches.decide(search.id, { round, outcomes, batches, standing, event })
}

interface Verdict {
  decided: Decided
  next: { position: number; runs: number }[]
  found: Posterior
}

/** At 10,000 commits each of these takes a moment: other work of this process has its turn in between. */
async function decideBy({ search: { spec }, knowledge, last }: EndedRound): Promise<Verdict> {
  const { range, evidence, made } = knowledge
  const found = posterior(range, evidence)
  await breathe()
  const decided = decideSearch(range, evidence, spec)
  if (decided.answer !== 'continue') return { decided, next: [], found }
  await breathe()
  const left = Math.max(0, (spec.maxRuns ?? Number.POSITIVE_INFINITY) - made)
  const goesOn = !last && left > 0
  const next = mostTelling(spec, knowledge, goesOn ? Math.min(spec.parallelism, left) : spec.parallelism)
  if (goesOn && next.length > 0) return { decided, next, found }
  await breathe()
  return { decided: concludeSearch(range, evidence, spec), next, found }
}

const SHOWN_SUSPECTS = 10
const PLAUSIBLE = 0.95

function roundEvent(
  { search, round, outcomes, knowledge }: EndedRound,
  { standing, found, goesOn }: { standing: SearchStanding; found: Posterior; goesOn: boolean },
): NewSearchEvent {
  const ran = outcomes.map(({ position, suite, runs, failures, reason }) => ({
    ...namesOf(knowledge, position),
    ...{ suite, runs, failures, reason },
  }))
  return {
    search: search.id,
    type: 'search.round',
    ordinal: round,
    data: {
      ...{ round, ran, runs: knowledge.made },
      candidates: standing.posterior.slice(0, SHOWN_SUSPECTS),
      noneProbability: found.none,
      entropyBits: entropyBits(found),
      plausible: plausibleCommits(found, PLAUSIBLE),
      next: goesOn ? standing.next : [],
    },
  }
}
