import type { Firing, FiringStatus, Spent } from '../../contract/http/sweeps.ts'
import type { SuiteSpec } from '../../contract/index.ts'
import type { TestState } from '../../stats/sweep/swept-test.ts'

export interface NewFiring {
  /** The run id of its workflow. */
  id: string
  /** The sweep's instance. */
  sweep: string
  at: string
}

export interface PlannedFiring {
  suite: string
  runs: number
  spent: readonly Spent[]
  /** What its workflow goes by, as JSON. */
  plan: string
}

export interface StoredFiring extends Firing {
  id: string
  sweep: string
  /** Undefined until it is planned. */
  plan: string | undefined
}

export interface FiringEnd {
  status: Exclude<FiringStatus, 'running'>
  failure?: string
  flaky: number
  fixed: number
  /** What is known now of the tests that this firing told something of. */
  tests: ReadonlyMap<string, TestState>
}

/** What sweeps show of their last firing. */
export interface LastFiring {
  at: string
  /** The last suite that has started; null where none has. */
  suite: string | null
}

export interface EarlierSuite {
  spec: SuiteSpec
  sha: string
}

export interface EarlierQuery {
  repo: string
  shas: readonly string[]
  /** Only suites of this API key, and those of none; all where it is undefined. */
  key?: string | undefined
  limit: number
}

/** The record of sweeps' firings. Every write may be repeated: the first one stays. */
export interface SweepStore {
  begin(firing: NewFiring): Promise<StoredFiring>
  /** Puts on record what a firing is to do; returns what is on record afterwards. */
  plan(id: string, planned: PlannedFiring): Promise<StoredFiring>
  get(id: string): Promise<StoredFiring | undefined>
  /** Ends a firing and records what is known of its tests, in one transaction. */
  end(id: string, end: FiringEnd): Promise<void>
  /** Newest first. */
  firings(sweep: string, limit: number): Promise<StoredFiring[]>
  /** Tests that are known to flake, or were, by name. */
  tests(sweep: string): Promise<Map<string, TestState>>
  /** Undefined where it never fired. */
  last(sweep: string): Promise<LastFiring | undefined>
  /** Suites that have commits of these, once for each, the newest first. */
  suitesAt(query: EarlierQuery): Promise<EarlierSuite[]>
  /** Firings that are under way, of all sweeps. */
  countOpen(): Promise<number>
}

/** What those may do who read the record and write none of it. */
export type SweepReader = Pick<SweepStore, 'get' | 'firings' | 'tests' | 'last' | 'countOpen'>
