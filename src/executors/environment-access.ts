import type { SessionRef } from '../contract/index.ts'

/** Whose an environment is: one commit of a suite, or a client's session with all its suites. */
export type EnvironmentOwner =
  | { kind: 'lane'; suite: string; sha: string; repo: string }
  | { kind: 'session'; session: SessionRef }

/** Of processors, memory and disk: what is held of each. */
export interface Holding {
  cpuMillis: number
  memoryBytes: number
  diskBytes: number
}

/** What was held times how long. */
export interface Spending {
  cpuHours: number
  memoryGibHours: number
  diskGibHours: number
}

export interface EnvironmentState {
  /** Of its namespace or folder. */
  namespace: string
  owner: EnvironmentOwner
  createdAt: Date
  expiresAt: Date | undefined
  phase: 'Active' | 'Kept' | 'Terminating'
  /** Pods that have not ended; of a folder always 0. */
  pods: number
  /** Suites that these pods are of; of a session's folder the last one. */
  suites: string[]
  /** What holds it, in words, where it has been Terminating for longer than it should take; else []. */
  heldBy: string[]
  /** What its pods ask for now, or what its folder takes. */
  holding: Holding
  /** So far: of all pods that are still there, or of the folder. */
  spent: Spending
}

/** The environments of one cluster, or those on this machine, for people who look at them. */
export interface EnvironmentAccess {
  /** The context's name, or that of the machine. */
  place: string
  list(): Promise<EnvironmentState[]>
  /** Returns when the removal is accepted. */
  remove(environment: EnvironmentState): Promise<void>
  close(): Promise<void>
}
