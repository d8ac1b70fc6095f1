import { cancelled, heartbeat } from '@temporalio/activity'
import type { Activities, EvidenceQuery, Fault, UnfinishedRuns } from '../../activities/api.ts'
import type { IsolationActivities } from '../../activities/isolation/api.ts'
import type { SearchActivities } from '../../activities/search/api.ts'
import type { SweepActivities } from '../../activities/sweep/api.ts'
import type { NumberedExtension } from '../../src/contract/extension.ts'
import { controlTaskQueue, hostTaskQueue } from '../../src/contract/names.ts'
import type { SuitePlan } from '../../workflows/api.ts'

export const HOST = 'test'

const HEARTBEAT_MS = 100
/** More than any suite here may use: what executes is bounded by the suite. */
export const FAKE_SLOTS = 100

/** What the workflows did, as the activities saw it. */
export interface Journal {
  runs: string[]
  errors: string[]
  released: string[]
  closed: { sha?: string; outcome: string }[]
  /** Bounds of the runs that were weighed, in the order of the looks. */
  weighed: number[]
  failedCommits: string[]
  completed: string[]
  /** Number of the extension that each end and each verdict counted, 0 without. */
  endedAt: number[]
  judgedAt: number[]
  failed: { fault: Fault; cancelled: boolean }[]
  pauses: boolean[]
  /** Ordinals of the pauses and their ends. */
  pausedAt: number[]
  hosts: string[]
  held: number
  mostRuns: number
  mostLanes: number
}

export interface FakeOptions {
  plan: Partial<SuitePlan> & { commits: number; runs: number; parallelism: number }
  /** Slots of the host. */
  slots?: number
  /** Hosts that lanes settle on first, in order; later ones settle on the one that is there. */
  hosts?: string[]
  /** A suite has come to its end. */
  onCompleted?: (suite: string) => void
  /** Ends a run; the default is at once. */
  runSeed?: (attempt: number, sha: string, suite: string) => Promise<void>
  /** What is left to do once a run has ended or was cancelled; the default is nothing. */
  cleanUp?: (attempt: number, sha: string) => Promise<void>
  /** Whether a run that has not begun is held back. */
  holds?: () => boolean
  prepareCommit?: (sha: string) => Promise<{ ok: true; treeKey: string } | { ok: false; reason: string }>
  admitSuite?: (input: Parameters<Activities['admitSuite']>[0]) => Promise<void>
  /** What searches call, beside what suites do. */
  search?: Partial<SearchActivities>
  /** The same of isolations. */
  isolation?: Partial<IsolationActivities>
  /** The same of sweeps. */
  sweep?: SweepActivities
  /** Puts an extension on record; fails where it is absent. */
  admitExtension?: (extension: NumberedExtension) => Promise<{ plan: Partial<SuitePlan>; pauses?: number }>
  /** After how many runs the evidence suffices; absent where it never does. */
  stopsAt?: (query: EvidenceQuery) => number | null
  /** Runs to be made again, by commit. */
  unfinished?: (query: UnfinishedRuns) => [attempt: number, generation: number][]
}

export const shaOf = (position: number): string => position.toString(16).padStart(12, '0').padEnd(40, '0')

/** Activities that only take notes: they let a test provoke what real ones rarely do. */
export function fakeActivities(options: FakeOptions): { activities: Activities; journal: Journal } {
  const journal: Journal = {
    ...{
      runs: [],
      errors: [],
      released: [],
      closed: [],
      weighed: [],
      failedCommits: [],
      completed: [],
      endedAt: [],
      judgedAt: [],
      failed: [],
      pauses: [],
      pausedAt: [],
      hosts: [],
    },
    ...{ held: 0, mostRuns: 0, mostLanes: 0 },
  }
  let running = 0
  const lanes = new Set<string>()
  const planOf = (suite: string): SuitePlan => ({
    ...{ suite, repo: '/repo', timeoutMs: 10_000, priority: 2, keep: 'never', searchable: true },
    ...options.plan,
  })
  const activities: Activities = {
    async admitExtension({ suite, extension }) {
      const admitted = await options.admitExtension?.(extension)
      if (admitted === undefined) throw new Error('no extension was to be admitted')
      return { pauses: 0, ...admitted, plan: { ...planOf(suite), extension: extension.number, ...admitted.plan } }
    },
    readUnfinished: async (query) => options.unfinished?.(query) ?? [],
    admitSuite: async (input) => await options.admitSuite?.(input),
    failSuite: async ({ fault, cancelled: wasCancelled }) =>
      void journal.failed.push({ fault, cancelled: wasCancelled }),
    resolveCommits: async ({ suite }) => planOf(suite),
    readCommits: async ({ from, limit }) =>
      Array.from({ length: Math.min(limit, options.plan.commits - from) }, (_, index) => ({
        sha: shaOf(from + index),
        subject: `commit ${from + index}`,
      })),
    async recordPause({ paused, ordinal }) {
      journal.pauses.push(paused)
      journal.pausedAt.push(ordinal)
    },
    async provisionEnvironment({ sha }) {
      lanes.add(sha)
      journal.mostLanes = Math.max(journal.mostLanes, lanes.size)
      const host = options.hosts?.shift() ?? HOST
      journal.hosts.push(host)
      return {
        taskQueue: hostTaskQueue(host),
        controlQueue: controlTaskQueue(host),
        node: host,
        slots: options.slots ?? FAKE_SLOTS,
      }
    },
    async holdEnvironment() {
      const beating = setInterval(heartbeat, HEARTBEAT_MS)
      try {
        await cancelled()
      } finally {
        clearInterval(beating)
      }
    },
    prepareCommit: async ({ sha }) => (await options.prepareCommit?.(sha)) ?? { ok: true, treeKey: 'tree' },
    async runSeed({ attempt, sha, generation, suite }) {
      if (options.holds?.() === true) {
        journal.held++
        return { outcome: 'held' }
      }
      running++
      // Cancellation arrives with heartbeats.
      const beating = setInterval(heartbeat, HEARTBEAT_MS)
      journal.mostRuns = Math.max(journal.mostRuns, running)
      try {
        await Promise.race([options.runSeed?.(attempt, sha, suite), cancelled()])
        journal.runs.push(`${sha.slice(0, 12)}.${attempt}${generation === 0 ? '' : `.g${generation}`}`)
        return { outcome: 'passed' }
      } finally {
        await options.cleanUp?.(attempt, sha)
        clearInterval(beating)
        running--
      }
    },
    async recordRunError({ run, fault }) {
      journal.errors.push(`${run.attempt}: ${fault.code}`)
      return { outcome: 'error' }
    },
    async checkEvidence(query) {
      journal.weighed.push(query.below)
      const at = options.stopsAt?.(query) ?? null
      return { stop: at !== null && at <= query.below, evidence: at ?? query.below }
    },
    async decide({ extension = 0 }) {
      journal.judgedAt.push(extension)
      return { verdict: 'passing' }
    },
    async failCommit({ reason }) {
      journal.failedCommits.push(reason)
      return { verdict: 'inconclusive' }
    },
    closeRuns: async ({ sha, outcome }) => void journal.closed.push(sha === undefined ? { outcome } : { sha, outcome }),
    async releaseEnvironment({ sha }) {
      lanes.delete(sha)
      journal.released.push(sha)
    },
    async completeSuite({ suite, status, extension = 0 }) {
      options.onCompleted?.(suite)
      journal.completed.push(status)
      journal.endedAt.push(extension)
    },
  }
  return { activities, journal }
}
