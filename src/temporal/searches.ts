import { setTimeout as delay } from 'node:timers/promises'
import {
  type Client,
  WorkflowExecutionAlreadyStartedError,
  WorkflowIdReusePolicy,
  WorkflowNotFoundError,
} from '@temporalio/client'
import {
  type CommitSuiteError,
  invalidInput,
  isOpen,
  parseSearchRequest,
  type SearchRequest,
  type SearchStatus,
  searchWorkflowId,
  TASK_QUEUE,
} from '../contract/index.ts'
import { priorityOf } from '../requests/priority.ts'
import { searchDigest } from '../store/request-digest.ts'
import { searchNotFound } from '../store/searches/not-found.ts'
import type { StoredSearch } from '../store/searches/search-store.ts'
import type { Store } from '../store/store.ts'
import { failureOf } from './workflow-failure.ts'

export type NamedSearch = SearchRequest & { id: string }

export interface StartedSearch {
  search: string
  joined: boolean
  status: SearchStatus
}

/** What commands do to searches. Reading goes to the store; only these calls go to Temporal. */
export interface SearchControl {
  /**
   * Starts a search; under an id that exists the same request joins it and another throws `search_conflict`.
   * Returns once the workflow is accepted.
   */
  start(request: NamedSearch): Promise<StartedSearch>
  /** Asks for cancellation; resolves when the request is accepted. `search_not_found`, `search_not_running`. */
  cancel(search: string): Promise<void>
  /** Why the workflow of a search failed; undefined while it runs and after any other end. */
  failureOf(search: string): Promise<CommitSuiteError | undefined>
}

const POLL_MS = 25
const LONGEST_SUMMARY = 200
const DEFAULT_PRIORITY = 2

export function searchControl(client: Client, store: Store): SearchControl {
  const handleOf = (search: string) => client.workflow.getHandle(searchWorkflowId(search))
  const whyFailed = (search: string) => failureOf(handleOf(search))
  return {
    async start(request) {
      const digest = searchDigest(parseSearchRequest(request))
      const known = await store.searches.get(request.id)
      if (known !== undefined) return join(known, digest)
      if (await startWorkflow(client, request)) return { search: request.id, joined: false, status: 'queued' }
      return join(await untilAdmitted(store, request.id, whyFailed), digest)
    },
    async cancel(id) {
      const stored = await store.searches.get(id)
      if (stored === undefined) throw searchNotFound(id)
      const over = () => invalidInput('search', id, `is ${stored.status} already`, undefined, 'search_not_running')
      if (!isOpen(stored.status)) throw over()
      await handleOf(id)
        .cancel()
        .catch((error: unknown) => {
          throw error instanceof WorkflowNotFoundError ? over() : error
        })
    },
    failureOf: whyFailed,
  }
}

/** The same request joins the search on record, however long ago it was; another is refused. */
function join({ id, requestDigest, status }: StoredSearch, digest: string): StartedSearch {
  if (requestDigest === digest) return { search: id, joined: true, status }
  const rule = 'belongs to a search with another request'
  throw invalidInput('id', id, rule, 'Choose another id, or repeat the request as it was.', 'search_conflict')
}

/** False where a workflow of that id runs already. */
async function startWorkflow(client: Client, asked: NamedSearch): Promise<boolean> {
  try {
    await client.workflow.start('CulpritSearch', {
      workflowId: searchWorkflowId(asked.id),
      taskQueue: TASK_QUEUE,
      args: [asked],
      // Bad input leaves nothing on record, so that the corrected request may have the id.
      workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY,
      priority: priorityOf(asked.repo, asked.priority ?? DEFAULT_PRIORITY),
      staticSummary: `${asked.repo} ${asked.good ?? ''}..${asked.bad ?? 'HEAD'}`.slice(0, LONGEST_SUMMARY),
    })
    return true
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return false
    throw error
  }
}

/** Another start of the same id came first by a moment: its search is on record as soon as its input is checked. */
async function untilAdmitted(store: Store, id: string, whyFailed: SearchControl['failureOf']): Promise<StoredSearch> {
  for (;;) {
    const stored = await store.searches.get(id)
    if (stored !== undefined) return stored
    const failure = await whyFailed(id)
    if (failure !== undefined) throw failure
    await delay(POLL_MS)
  }
}
