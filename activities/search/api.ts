import type { SearchRequest } from '../../src/contract/search.ts'
import type { SearchDecision, SearchPlan, SuiteFault } from '../../workflows/search-api.ts'
import type { Fault } from '../api.ts'

/** What the workflow `CulpritSearch` calls. Every one may run again after a crash, with the same effect. */
export interface SearchActivities {
  /** Validates the input, fills the defaults and records the search as queued. */
  admitSearch(input: { search: string; request: SearchRequest }): Promise<void>
  /** Fetches the repository, lists the commits, settles the command, and takes earlier runs as evidence. */
  resolveRange(input: { search: string }): Promise<SearchPlan>
  /** Takes what the round `round` has shown (0: nothing has run yet) and says what to run next, or the answer. */
  decideRound(input: RoundReference): Promise<SearchDecision>
  /** Forgets a search whose input was bad; records how any other has ended. */
  endSearch(input: SearchEnding): Promise<void>
}

export interface RoundReference {
  search: string
  round: number
  /** Of suites of the round that did not come to their end. */
  faults: SuiteFault[]
  /** The budget of time ran out during the round: its runs count nowhere, and it is the last. */
  cut: boolean
}

export type SearchEnding = { search: string } & (
  | { status: 'completed' | 'cancelled' }
  | { status: 'failed'; fault: Fault }
)
