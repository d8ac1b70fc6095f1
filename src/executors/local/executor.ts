import { hostname } from 'node:os'
import type { Logger } from 'pino'
import type { Executor, Preparation, PrepareContext, PrepareRequest, SecretSource } from '../executor.ts'
import { whileBeating } from '../heartbeat.ts'
import { collectGarbage, type GarbageOptions, type RemovedGarbage } from './collect-garbage.ts'
import { endUnownedRuns } from './end-unowned.ts'
import { hostEnvironment } from './environment/run-environment.ts'
import type { LocalHost } from './host.ts'
import { placesIn } from './places.ts'
import { prepareTree } from './prepare/prepare.ts'
import { treeKey } from './prepare/tree-key.ts'
import { type NamespaceMode, probeNamespaces } from './process-namespaces.ts'
import { releaseLane } from './release.ts'
import { retainLast } from './run/retained-workspaces.ts'
import { runName, runOnce } from './run/run-once.ts'
import { RunnerClient } from './runner/client.ts'
import { ensureSession, findSession } from './sessions.ts'
import { prepareSlots, usesSlots } from './slots.ts'

export interface LocalExecutorOptions {
  /** Absolute; trees, workspaces, leases and the runner's socket lie in it. */
  stateDir: string
  log?: Logger
  /** The runner ends itself after so long without runs and connections; 10 s. */
  runnerIdleMs?: number
  /** Instead of what this host is found to be able to do. */
  namespaces?: NamespaceMode
  /** Instead of `process.env`: what runs may get variables from. */
  workerEnv?: NodeJS.ProcessEnv
  /** Where values of secret variables come from; the worker's environment unless given. */
  secrets?: SecretSource
}

export interface LocalExecutor extends Executor {
  /** Leaves the runner and its runs alone; the next executor of this state directory adopts them. */
  close(): Promise<void>
  /** Removes unleased trees and dead workspaces not used for `olderThanMs`. */
  collectGarbage(olderThanMs: number, options?: GarbageOptions): Promise<RemovedGarbage[]>
  /** Ends everything of suites that `isOwned` denies; returns the number of lanes released. */
  endUnownedRuns(isOwned: (suite: string) => boolean | Promise<boolean>): Promise<number>
}

function hostOf(options: LocalExecutorOptions): LocalHost {
  let mode: Promise<NamespaceMode> | undefined
  const probe = (): Promise<NamespaceMode> =>
    options.namespaces === undefined ? probeNamespaces(options.stateDir) : Promise.resolve(options.namespaces)
  const workerEnv = options.workerEnv ?? process.env
  let environment: Record<string, string> | undefined
  return {
    places: placesIn(options.stateDir),
    runner: new RunnerClient(options.stateDir, options.runnerIdleMs),
    namespaces: () => (mode ??= probe()),
    workerEnv,
    environment: () => (environment ??= hostEnvironment(workerEnv)),
    secrets: options.secrets ?? {
      valueOf: (_, name) => (Object.hasOwn(workerEnv, name) ? workerEnv[name] : undefined),
    },
    log: options.log,
  }
}

async function prepare(host: LocalHost, request: PrepareRequest, context: PrepareContext): Promise<Preparation> {
  const key = await treeKey(request, host.workerEnv)
  const inSlots = await usesSlots(host, request.isolation)
  return inSlots ? prepareSlots(host, request, key, context) : prepareTree(host, request, key, context)
}

/** Runs on this host, kept by a runner process that outlives the worker. */
export function createLocalExecutor(options: LocalExecutorOptions): LocalExecutor {
  const host = hostOf(options)
  const retained = retainLast()
  return {
    async assertSupported(isolation) {
      if (isolation === 'process') return
      const { assertSandboxSupported } = await import('./sandbox/supported.ts')
      await assertSandboxSupported()
    },
    async ensureSession({ session, template, createdBy }, { signal }) {
      const touch = { session, projectType: template.name, createdBy, last: null }
      return { place: hostname(), ...(await ensureSession(host.places, touch, signal)) }
    },
    findSession: ({ session }) => findSession(host.places, session),
    // Places are made by `prepare`: but for sessions nothing outlives a lane here but prepared trees.
    async provision({ session, suite, sha, template }, { signal }) {
      if (session === undefined) return { place: hostname(), existed: false }
      const touch = { session, projectType: template.name, createdBy: suite, last: { suite, sha } }
      return { place: hostname(), ...(await ensureSession(host.places, touch, signal)) }
    },
    prepare: (request, context) => whileBeating(context, () => prepare(host, request, context)),
    run: (request, context) => whileBeating(context, () => runOnce(host, request, context, retained.retire)),
    // Its workspace is for `release`, which knows whether people want to look at it.
    forget: (request) => host.runner.dispose(runName(request)),
    async release(request) {
      retained.forget(request.suite, request.sha)
      await releaseLane(host, request)
    },
    close: () => host.runner.close(),
    collectGarbage: (olderThanMs, options) => collectGarbage(host, olderThanMs, options),
    endUnownedRuns: (isOwned) => endUnownedRuns(host, isOwned),
  }
}
