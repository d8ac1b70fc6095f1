import type { FiringStatus } from '../../contract/http/sweeps.ts'

/** Tables of sweeps; see `Schema`. The sweeps themselves are schedules of Temporal. */
export interface SweepTables {
  sweep_firings: SweepFiringTable
  sweep_tests: SweepTestTable
}

export interface SweepFiringTable {
  /** The run id of its workflow. */
  id: string
  /** The sweep's instance: a sweep created later under the same name is another one. */
  sweep: string
  at: string
  finished_at: string | null
  status: FiringStatus
  failure: string | null
  suite: string | null
  runs: number
  /** JSON of the SweepPlan; null until it is planned. */
  plan: string | null
  /** JSON of Spent[]. */
  spent: string
  flaky: number
  fixed: number
}

interface SweepTestTable {
  sweep: string
  test: string
  /** JSON of the TestState. */
  state: string
}
