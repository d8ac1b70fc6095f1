import {
  CommitSuiteError,
  type IsolationSpec,
  invalidInput,
  type KnownOrder,
  type RunKey,
  type SuiteCommit,
} from '../../src/contract/index.ts'
import type { InOrder } from '../../src/frameworks/in-order/in-order.ts'
import { testsInOrder } from '../../src/frameworks/in-order/supported.ts'
import { resolveCommits } from '../../src/git/resolve.ts'
import { mirrorTreeReader } from '../../src/git/tree-reader.ts'
import { beginIsolation } from '../../src/stats/isolation/isolation.ts'
import type { OrderName } from '../../src/stats/isolation/state.ts'
import { requireRun } from '../../src/store/find-run.ts'
import type { IsolationLaunch, StoredOrder } from '../../src/store/isolations/isolation-store.ts'
import type { IsolationPlan } from '../../workflows/isolation-api.ts'
import type { ProjectLookup } from '../commit-project.ts'
import type { ActivityDeps } from '../deps.ts'
import { mirrorOf } from '../mirror-of.ts'
import { labelled } from '../repository-label.ts'
import { settleCommand } from '../resolve-commits.ts'
import { findBegun, findIsolation } from './isolation-lookup.ts'
import { learntOrder, namedOrder, unknownTest } from './named-order.ts'
import { orderOfRun, recordedOrders } from './recorded-orders.ts'
import { suiteOfIsolation } from './suite-of-isolation.ts'

/**
 * Fetches the repository, finds the commit, how chosen tests are run there, and the orders that runs on record tell:
 * once, so that what is decided later rests on the same. Throws for bad input (`ref_not_found`, `test_not_found`,
 * `not_supported`, …).
 */
export async function resolveIsolation(
  deps: ActivityDeps,
  project: ProjectLookup,
  isolation: string,
): Promise<IsolationPlan> {
  const found = await findIsolation(deps.store, isolation)
  if (found.launch === undefined) await begin(deps, project, found.spec)
  const { spec, launch, createdAt } = await findBegun(deps.store, isolation)
  const { repo, priority, maxDurationMs } = spec
  return {
    ...{ isolation, repo, sha: launch.sha, priority, searchable: deps.searchable },
    ...labelled(deps, repo),
    ...(maxDurationMs === undefined ? {} : { endsAtMs: Date.parse(createdAt) + maxDurationMs }),
  }
}

async function begin(deps: ActivityDeps, project: ProjectLookup, asked: IsolationSpec): Promise<void> {
  const commit = await resolveCommit(deps, asked)
  const { command } = await settleCommand(project, suiteOfIsolation(asked), [commit])
  const spec = { ...asked, command }
  const orders = await knownOrders(deps, spec, commit.sha)
  const { launch, inOrder } = await launchOf(deps, project, spec, { commit, orders })
  const named: Partial<Record<OrderName, StoredOrder>> = {}
  for (const [name, { run, order }] of orders) {
    named[name] = await namedOrder({ from: 'record', run, order }, spec.test, inOrder)
  }
  const { failing, passing } = named
  const { id, repo, test, confidence, minRate, parallelism, seed } = spec
  const state = beginIsolation({
    ...{ confidence, minRate },
    failing: failing === undefined ? undefined : learntOrder(failing),
    passing: passing === undefined ? undefined : learntOrder(passing),
  })
  const { sha, subject } = commit
  const data = { repo, sha, subject, test, failing: told(failing), passing: told(passing), parallelism, seed }
  const event = { isolation: id, type: 'isolation.started', ordinal: 0, data } as const
  await deps.store.isolations.begin(id, { spec, launch, state, orders: named, event })
}

const told = (order: StoredOrder | undefined): KnownOrder | null =>
  order === undefined ? null : { from: order.from, run: order.run, tests: order.before, leftOut: order.leftOut }

async function resolveCommit(deps: ActivityDeps, spec: IsolationSpec): Promise<SuiteCommit> {
  const mirror = await mirrorOf(deps, suiteOfIsolation(spec), [spec.commit])
  const asked = { mirror, commits: [spec.commit], firstParent: false }
  const [commit, another] = await resolveCommits(asked).catch((error: unknown) => {
    throw error instanceof CommitSuiteError ? ofOneCommit(error) : error
  })
  if (commit !== undefined && another === undefined) return commit
  throw invalidInput('commit', spec.commit, 'names several commits; a test is isolated at one')
}

/** Suites have several. */
const ofOneCommit = (error: CommitSuiteError): CommitSuiteError =>
  new CommitSuiteError(error.code, error.message.replace(/^commits:/, 'commit:'), { ...error.detail, field: 'commit' })

/** Of the run that was named, if one was; and the newest that runs on record tell besides. */
async function knownOrders({ store }: ActivityDeps, spec: IsolationSpec, sha: string) {
  const orders = await recordedOrders(store, { own: suiteOfIsolation(spec), sha, test: spec.test })
  if (spec.run === undefined) return orders
  const { parsed } = await requireRun(store, spec.run)
  const key: RunKey = { suite: parsed.suite, sha, attempt: parsed.attempt, generation: parsed.generation }
  const { order, outcome } = (await orderOfRun(store, key, spec.test)) ?? {}
  if (order === undefined) {
    const remedy = 'Leave it out: then an order is looked for, and learnt where none is on record.'
    throw invalidInput('run', spec.run, 'left no report that tells the order of its tests', remedy)
  }
  if (outcome === undefined) throw unknownTest(spec.test, order)
  return orders.set(outcome === 'failed' ? 'failing' : 'passing', { run: spec.run, order })
}

interface Found {
  commit: SuiteCommit
  orders: ReadonlyMap<OrderName, { order: readonly string[] }>
}

async function launchOf(
  deps: ActivityDeps,
  project: ProjectLookup,
  spec: IsolationSpec & Pick<IsolationSpec, 'command'>,
  { commit: { sha, subject }, orders }: Found,
): Promise<{ launch: IsolationLaunch; inOrder: InOrder }> {
  const { command, test, workdir, env } = spec
  if (command === undefined) throw new Error(`isolation ${spec.id} has no command`)
  const suite = suiteOfIsolation(spec)
  const { framework, seeding } = await project(suite, sha)
  const tool = testsInOrder(framework)
  const files = mirrorTreeReader(await mirrorOf(deps, suite, [sha]), sha)
  const inOrder = await tool.beside(test, { files, workdir, command, plugins: seeding.plugins })
  const victim = await inOrder?.nameOf(test)
  if (inOrder === undefined || victim === undefined) {
    throw unknownTest(
      test,
      [...orders.values()].flatMap(({ order }) => order),
    )
  }
  const { argv, plain } = inOrder
  const launch = { sha, subject, whole: tool.whole(command), argv, plain, victim, env: tool.env(env) }
  return { launch, inOrder }
}
