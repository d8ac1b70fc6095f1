import { CommitSuiteError } from '../../contract/index.ts'
import type { Store } from '../../store/store.ts'
import type { CliContext } from '../context.ts'
import type { ExitCode } from '../exit-codes.ts'
import { type FollowFlags, followSuite } from './follow-suite.ts'
import { requireSuite } from './lookup.ts'
import { withStack } from './stack.ts'

async function newestOpenSuite(store: Store): Promise<string> {
  const [newest] = await store.suites.list({ status: ['queued', 'running', 'paused'], limit: 1 })
  if (newest !== undefined) return newest.id
  throw new CommitSuiteError('suite_not_found', 'ID: no suite is open. commit-suite list shows those on record.')
}

/** Follows a suite, the newest open one by default, until its end. */
export async function watchSuite(context: CliContext, id: string | undefined, flags: FollowFlags): Promise<ExitCode> {
  return await withStack(context, { resume: true }, async ({ store, control, lease }) => {
    const suite = id === undefined ? await newestOpenSuite(store) : (await requireSuite(store, id)).id
    return await followSuite(context, { store, control, lease, suite }, flags)
  })
}
