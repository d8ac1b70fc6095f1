import type { SweepRequest } from '../../src/contract/sweep.ts'
import type { FiringReference, SweepConclusion, SweepPlan } from '../../workflows/sweep-api.ts'
import type { Fault } from '../api.ts'

/** What the workflow `Sweep` calls. Every one may run again after a crash, with the same effect. */
export interface SweepActivities {
  /** Validates the input, puts the firing on record, fetches the repository and says what to run. */
  planSweep(input: SweepFiring): Promise<SweepPlan>
  /** Takes what the runs have shown, and puts on record which tests flake and which are proved fixed. */
  concludeSweep(input: FiringReference & { request: SweepRequest; cut: boolean }): Promise<SweepConclusion>
  /** Records how a firing has ended that came to no conclusion. */
  endSweep(input: FiringEnding): Promise<void>
}

export interface SweepFiring extends FiringReference {
  workflowId: string
  startedAtMs: number
  request: SweepRequest
}

export type FiringEnding = FiringReference & ({ status: 'cancelled' } | { status: 'failed'; fault: Fault })
