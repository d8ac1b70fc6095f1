import { pino } from 'pino'
import type { Config } from '../config.ts'
import type { ClusterRef, SuiteStatus } from '../contract/index.ts'
import type { CollectedFromClusters } from '../executors/kubernetes/environments/collect-clusters.ts'
import { knownClusters, standingsIn } from '../executors/kubernetes/environments/suites-on-record.ts'
import { kubernetesPlaces } from '../executors/kubernetes/places.ts'
import { collectPacks } from '../executors/kubernetes/prepare/packs.ts'
import { createLocalExecutor } from '../executors/local/executor.ts'
import { collectMirrors } from '../git/collect-mirrors.ts'
import { openStore } from '../store/open.ts'
import { applyRetention } from '../store/retention/apply.ts'
import type { Garbage } from './services.ts'

const MOST_OPEN_SUITES = 10_000

/** Removes trees, workspaces and mirrors of this host that were not used for `olderThanMs`. */
export async function collectGarbage(
  config: Config,
  { olderThanMs, dryRun }: { olderThanMs: number; dryRun: boolean },
): Promise<Garbage[]> {
  const { stateDir, logLevel } = config
  const log = pino({ level: logLevel === 'info' ? 'warn' : logLevel }, pino.destination({ fd: 2, sync: true }))
  const { neededCommits, inPods } = await openSuites(config)
  const expired = await collectRecords(config, dryRun)
  const executor = createLocalExecutor({ stateDir, log })
  try {
    const environments = await executor.collectGarbage(olderThanMs, { dryRun })
    const mirrors = await collectMirrors({ stateDir, olderThanMs, neededCommits, dryRun, log })
    // A paused suite may need its packs however long they were not used.
    const packs = inPods ? [] : await collectPacks(kubernetesPlaces(stateDir), olderThanMs, { dryRun })
    return [...environments, ...mirrors, ...packs, ...expired]
  } finally {
    await executor.close()
  }
}

/** Records of ended suites that are older than the configuration keeps them. */
async function collectRecords(
  { stateDir, artifacts, databaseUrl, retention: policy }: Config,
  dryRun: boolean,
): Promise<Garbage[]> {
  if (policy.resultsMs === undefined && policy.logsMs === undefined) return []
  const store = await openStore({ stateDir, artifacts, databaseUrl })
  try {
    const removed: Garbage[] = []
    for await (const { suite, what } of applyRetention(store, { policy, now: new Date(), dryRun })) {
      removed.push({ name: what === 'suite' ? `suites/${suite}` : `suites/${suite}/logs`, sizeBytes: 0 })
    }
    return removed
  } finally {
    await store.close()
  }
}

/** Room for the last step of a suite's own clean-up, which keeps or removes its environments. */
const ENDED_FOR_MS = 10 * 60_000
/** The host's own garbage does not wait for clusters that are away. */
const WITHIN_MS = 30_000

export interface ClusterGarbageOptions {
  /** Environments of ended suites go after 10 min, or after this where it is less; kept ones when they expire. */
  olderThanMs: number
  dryRun: boolean
  /** Only this one; by default the configured one and all that suites on record named. */
  cluster: ClusterRef | undefined
}

/** Removes environments in clusters that outlived their time; loads nothing where no cluster is known. */
export async function collectClusterGarbage(
  { stateDir, artifacts, databaseUrl }: Config,
  { olderThanMs, dryRun, cluster }: ClusterGarbageOptions,
  env: NodeJS.ProcessEnv = process.env,
): Promise<CollectedFromClusters> {
  const store = await openStore({ stateDir, artifacts, databaseUrl })
  try {
    const refs = cluster === undefined ? await knownClusters(store, env) : [cluster]
    if (refs.length === 0) return { collected: [], unreached: [] }
    const { collectFromClusters } = await import('../executors/kubernetes/environments/collect-clusters.ts')
    const endedForMs = Math.min(olderThanMs, ENDED_FOR_MS)
    const options = { now: new Date(), dryRun, standingOf: standingsIn(store), endedForMs }
    return await collectFromClusters(refs, options, AbortSignal.timeout(WITHIN_MS))
  } finally {
    await store.close()
  }
}

interface OpenSuites {
  /** One commit of each: its mirror may hold what the repository has dropped since. */
  neededCommits: string[]
  /** Whether the runs of any happen in pods. */
  inPods: boolean
}

async function openSuites({ stateDir, artifacts, databaseUrl }: Config): Promise<OpenSuites> {
  const store = await openStore({ stateDir, artifacts, databaseUrl })
  try {
    const status: SuiteStatus[] = ['queued', 'running', 'paused']
    const open = await store.suites.list({ status, partOf: 'any', limit: MOST_OPEN_SUITES })
    const commits = await Promise.all(open.map(({ id }) => store.suites.commits(id, 0, 1)))
    const searches = await store.searches.list({ status: ['queued', 'running'], limit: MOST_OPEN_SUITES })
    const isolations = await store.isolations.list({ status: ['queued', 'running'], limit: MOST_OPEN_SUITES })
    // Of a search the newest commit may have been dropped, and with it all that lies before it.
    const ranges = await Promise.all(searches.map(({ id }) => store.searches.commits(id)))
    return {
      neededCommits: [
        ...[...commits.flat(), ...ranges.flatMap((range) => range.at(-1) ?? [])].map(({ sha }) => sha),
        ...isolations.flatMap(({ launch }) => launch?.sha ?? []),
      ],
      inPods: [...open, ...searches, ...isolations].some(({ spec }) => spec.executor === 'kubernetes'),
    }
  } finally {
    await store.close()
  }
}
