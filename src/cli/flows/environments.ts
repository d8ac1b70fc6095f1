import { createColors } from 'picocolors'
import { CommitSuiteError, invalidInput, isOpen } from '../../contract/index.ts'
import type { EnvironmentAccess } from '../../executors/kubernetes/environments/access.ts'
import type { EnvironmentState } from '../../executors/kubernetes/environments/list.ts'
import { type ClusterFlags, clusterOf } from '../cluster-flags.ts'
import { type CliContext, note, print, wantsColor } from '../context.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'
import { plainTable } from '../report/table.ts'
import { safeLine } from '../terminal-safe.ts'
import { count, formatSpan } from '../text-format.ts'
import { withStore } from './stack.ts'

async function withEnvironments<T>(
  context: CliContext,
  flags: ClusterFlags,
  use: (environments: EnvironmentAccess) => Promise<T>,
): Promise<T> {
  const environments = await context.services.openEnvironments(clusterOf(flags, context.cwd))
  try {
    return await use(environments)
  } finally {
    await environments.close()
  }
}

/** Prints the environments of a cluster, by name. */
export async function printEnvironments(
  context: CliContext,
  { json, ...flags }: ClusterFlags & { json: boolean },
): Promise<ExitCode> {
  return await withEnvironments(context, flags, async (environments) => {
    const found = await environments.list()
    for (const { namespace, heldBy } of found) {
      if (heldBy.length > 0) note(context, safeLine(`${namespace} does not go: ${heldBy.join('; ')}`))
    }
    if (json) print(context, JSON.stringify(found.map(entryOf)))
    else if (found.length === 0) note(context, safeLine(`no environment in ${environments.cluster}`))
    else {
      const head = ['environment', 'of', 'state', 'pods', 'age', 'expires']
      const rows = found.map((state) => rowOf(state, context.now()))
      print(context, plainTable(head, rows, createColors(wantsColor(context, context.stdout))))
    }
    return EXIT.passing
  })
}

function entryOf({ namespace, owner, createdAt, expiresAt, phase, pods, suites, heldBy }: EnvironmentState) {
  const { kind } = owner
  const whose = kind === 'lane' ? { suite: owner.suite, sha: owner.sha, repo: owner.repo } : owner.session
  return { namespace, kind, ...whose, createdAt, expiresAt: expiresAt ?? null, phase, pods, suites, heldBy }
}

function rowOf({ namespace, owner, createdAt, expiresAt, phase, pods }: EnvironmentState, nowMs: number): string[] {
  const whose =
    owner.kind === 'lane'
      ? `suite ${owner.suite} at ${owner.sha.slice(0, 12)}`
      : `session of chat ${owner.session.chat}, user ${owner.session.user}`
  const leftMs = expiresAt === undefined ? undefined : expiresAt.getTime() - nowMs
  const expires = leftMs === undefined ? '' : leftMs <= 0 ? 'expired' : `in ${formatSpan(leftMs)}`
  const age = formatSpan(Math.max(0, nowMs - createdAt.getTime()))
  return [namespace, safeLine(whose), phase.toLowerCase(), count(pods), age, expires]
}

/** Removes environments by name: all of them, or none where one is not there or is in use. */
export async function removeEnvironments(
  context: CliContext,
  names: readonly string[],
  flags: ClusterFlags,
): Promise<ExitCode> {
  return await withEnvironments(context, flags, async (environments) => {
    const found = await environments.list()
    const chosen = [...new Set(names)].map((name) => named(found, name))
    await withStore(context, async (store) => {
      for (const { namespace, owner, suites } of chosen) {
        for (const suite of owner.kind === 'lane' ? [owner.suite] : suites) {
          const stored = await store.suites.get(suite)
          if (stored !== undefined && isOpen(stored.status)) throw inUse(namespace, suite, stored.status)
        }
      }
    })
    for (const environment of chosen) {
      await environments.remove(environment)
      print(context, environment.namespace)
    }
    return EXIT.passing
  })
}

function named(found: readonly EnvironmentState[], name: string): EnvironmentState {
  const environment = found.find(({ namespace }) => namespace === name)
  if (environment !== undefined) return environment
  throw invalidInput('NAME', name, 'is not an environment of ours', 'See `commit-suite environments list`.')
}

function inUse(namespace: string, suite: string, status: string): CommitSuiteError {
  const remedy = `Cancel it first: commit-suite cancel ${suite}`
  const said = `The environment ${namespace} is in use: suite ${suite} is ${status}. ${remedy}`
  return new CommitSuiteError('environment_conflict', said, { field: 'NAME', value: namespace, remedy })
}
