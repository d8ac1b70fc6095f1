import type {
  Command,
  IsolationEvent,
  IsolationSpec,
  IsolationStatus,
  KnownOrder,
  NewIsolationEvent,
} from '../../contract/index.ts'
import type { IsolationState, OrderName } from '../../stats/isolation/state.ts'
import type { SuiteOwner } from '../store.ts'

/** What the commit and its project settle: how chosen tests are run there. */
export interface IsolationLaunch {
  sha: string
  subject: string
  /** Runs all tests as the project orders them, with a report. */
  whole: Command
  /** The words before the names of chosen tests. */
  argv: string[]
  /** The same for people. */
  plain: Command
  /** What the tool calls the victim. */
  victim: string
  /** Variables of every run, for the sake of a report. */
  env: Record<string, string>
}

export interface StoredIsolation {
  id: string
  spec: IsolationSpec
  /** Digest of the request as asked for; tells a repeated start from another request under the same id. */
  requestDigest: string
  status: IsolationStatus
  failure: string | null
  createdAt: string
  finishedAt: string | null
  /** Undefined until the commit is known; so is `state`. */
  launch: IsolationLaunch | undefined
  state: IsolationState | undefined
  version: number
  runs: number
  example: string | null
}

/** A test with what the tool calls it. */
export type NamedTest = readonly [id: string, name: string]

/** An order of tests; those that the tool cannot be told by name are left out. */
export interface StoredOrder extends Omit<KnownOrder, 'tests'> {
  tests: readonly NamedTest[]
  /** Place of the victim. */
  before: number
}

/** An order by what is known of the victim in it; one that a question tells has its number until that is answered. */
export type StoredOrderName = OrderName | `question-${number}`

export interface IsolationBeginning {
  spec: IsolationSpec
  launch: IsolationLaunch
  state: IsolationState
  orders: Partial<Record<OrderName, StoredOrder>>
  event: NewIsolationEvent
}

/** What follows from what the runs have shown. */
export interface QuestionsDecision {
  /** Of the state that it was made from. */
  version: number
  state: IsolationState
  runs: number
  example: string | null
  /** Orders that questions told, by the names that they have from now on. */
  learnt: Partial<Record<OrderName, number>>
  events: readonly NewIsolationEvent[]
}

export interface IsolationQuery {
  repo?: string
  status?: IsolationStatus[]
  owner?: SuiteOwner
  limit: number
  cursor?: string
}

/** The record of isolations. Every write may be repeated: the first one stays. */
export interface IsolationStore {
  /** Inserts if absent; returns what is on record afterwards. */
  create(isolation: { spec: IsolationSpec; requestDigest: string }): Promise<StoredIsolation>
  get(id: string): Promise<StoredIsolation | undefined>
  /** Newest first; `cursor` is the id of the last isolation of the page before. */
  list(query: IsolationQuery): Promise<StoredIsolation[]>
  /** Open isolations of an owner. */
  countOpen(owner: string): Promise<number>
  /** Stores what the commit settles, with its event; the isolation is running then. */
  begin(id: string, beginning: IsolationBeginning): Promise<void>
  order(id: string, name: StoredOrderName): Promise<StoredOrder | undefined>
  /** Stores the order that a question told, once. */
  learn(id: string, question: number, order: StoredOrder): Promise<void>
  /** False where another decision was stored since `version`: then nothing is changed. */
  decide(id: string, decision: QuestionsDecision): Promise<boolean>
  /** Ends an isolation, once, with its event. */
  finish(id: string, status: IsolationStatus, event: NewIsolationEvent, failure?: string): Promise<void>
  /** Events with seq > after, in order. */
  readEvents(id: string, after: number, limit: number): Promise<IsolationEvent[]>
  lastSeq(id: string): Promise<number>
  /** Removes an isolation; suites that made its runs stay. */
  remove(id: string): Promise<void>
}

/** What those may do who read isolations and write none. */
export type IsolationReader = Pick<IsolationStore, 'get' | 'list' | 'countOpen' | 'order' | 'readEvents' | 'lastSeq'>
