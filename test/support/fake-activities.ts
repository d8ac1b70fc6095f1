import { cancelled, heartbeat } from '@temporalio/activity'
import type { Activities, Fault } from '../../activities/api.ts'
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
  failedCommits: string[]
  completed: string[]
  failed: { fault: Fault; cancelled: boolean }[]
  pauses: boolean[]
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
  /** Ends a run; the default is at once. */
  runSeed?: (attempt: number, sha: string) => Promise<void>
  /** Whether a run that has not begun is held back. */
  holds?: () => boolean
  prepareCommit?: (sha: string) => Promise<{ ok: true; treeKey: string } | { ok: false; reason: string }>
  admitSuite?: () => Promise<void>
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
      failedCommits: [],
      completed: [],
      failed: [],
      pauses: [],
      hosts: [],
    },
    ...{ held: 0, mostRuns: 0, mostLanes: 0 },
  }
  let running = 0
  const lanes = new Set<string>()
  const activities: Activities = {
    admitSuite: async () => await options.admitSuite?.(),
    failSuite: async ({ fault, cancelled: wasCancelled }) =>
      void journal.failed.push({ fault, cancelled: wasCancelled }),
    resolveCommits: async ({ suite }) => ({
      ...{ suite, repo: '/repo', timeoutMs: 10_000, priority: 2, keep: 'never', searchable: true },
      ...options.plan,
    }),
    readCommits: async ({ from, limit }) =>
      Array.from({ length: Math.min(limit, options.plan.commits - from) }, (_, index) => ({
        sha: shaOf(from + index),
        subject: `commit ${from + index}`,
      })),
    recordPause: async ({ paused }) => void journal.pauses.push(paused),
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
    async runSeed({ attempt, sha }) {
      if (options.holds?.() === true) {
        journal.held++
        return { outcome: 'held' }
      }
      running++
      // Cancellation arrives with heartbeats.
      const beating = setInterval(heartbeat, HEARTBEAT_MS)
      journal.mostRuns = Math.max(journal.mostRuns, running)
      try {
        await Promise.race([options.runSeed?.(attempt, sha), cancelled()])
        journal.runs.push(`${sha.slice(0, 12)}.${attempt}`)
        return { outcome: 'passed' }
      } finally {
        clearInterval(beating)
        running--
      }
    },
    async recordRunError({ run, fault }) {
      journal.errors.push(`${run.attempt}: ${fault.code}`)
      return { outcome: 'error' }
    },
    decide: async () => ({ verdict: 'passing' }),
    async failCommit({ reason }) {
      journal.failedCommits.push(reason)
      return { verdict: 'inconclusive' }
    },
    closeRuns: async ({ sha, outcome }) => void journal.closed.push(sha === undefined ? { outcome } : { sha, outcome }),
    async releaseEnvironment({ sha }) {
      lanes.delete(sha)
      journal.released.push(sha)
    },
    completeSuite: async ({ status }) => void journal.completed.push(status),
  }
  return { activities, journal }
}
