import type { RunKey } from '../../src/contract/index.ts'
import type { InOrder } from '../../src/frameworks/in-order/in-order.ts'
import { testsInOrder } from '../../src/frameworks/in-order/supported.ts'
import { mirrorTreeReader } from '../../src/git/tree-reader.ts'
import type { ProjectLookup } from '../commit-project.ts'
import type { ActivityDeps } from '../deps.ts'
import { mirrorOf } from '../mirror-of.ts'
import { type BegunIsolation, findBegun } from './isolation-lookup.ts'
import { namedOrder } from './named-order.ts'
import { readOrder } from './read-order.ts'
import { suiteOfIsolation } from './suite-of-isolation.ts'

/**
 * Reads the order of tests that the one run of a question tells, and keeps it until the question has its answer. Throws
 * `test_not_found` where the victim is not among them; keeps nothing where the run left no order.
 */
export async function learnOrder(
  deps: ActivityDeps,
  project: ProjectLookup,
  { isolation, question, suite }: { isolation: string; question: number; suite: string },
): Promise<void> {
  const begun = await findBegun(deps.store, isolation)
  const asked = begun.state.questions.find(({ number }) => number === question)
  const key: RunKey = { suite, sha: begun.launch.sha, attempt: 0, generation: 0 }
  const tests = await readOrder(deps.store, key)
  if (asked === undefined || tests === undefined || tests.order.length === 0) return
  const from = asked.company.type === 'shuffled' ? 'shuffled' : 'project'
  const inOrder = await inOrderOf(deps, project, begun)
  const order = await namedOrder({ from, run: null, order: tests.order }, begun.spec.test, inOrder)
  await deps.store.isolations.learn(isolation, question, order)
}

async function inOrderOf(
  deps: ActivityDeps,
  project: ProjectLookup,
  { spec, launch }: BegunIsolation,
): Promise<InOrder> {
  const { sha } = launch
  const suite = suiteOfIsolation(spec)
  const { command, test, workdir } = spec
  const { framework, seeding } = await project(suite, sha)
  const tool = testsInOrder(framework)
  const files = mirrorTreeReader(await mirrorOf(deps, suite, [sha]), sha)
  const inOrder =
    command === undefined ? undefined : await tool.beside(test, { files, workdir, command, plugins: seeding.plugins })
  if (inOrder === undefined) throw new Error(`isolation ${spec.id} has begun with a test that cannot be named`)
  return inOrder
}
