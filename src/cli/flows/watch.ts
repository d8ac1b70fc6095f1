import { CommitSuiteError } from '../../contract/index.ts'
import type { Store, StoredSuite } from '../../store/store.ts'
import type { CliContext } from '../context.ts'
import type { ExitCode } from '../exit-codes.ts'
import { ownSecrets, secretsOf } from '../own-secrets.ts'
import { type FollowFlags, followSuite } from './follow-suite.ts'
import { listenForInterruption } from './interruption.ts'
import { requireSuite } from './lookup.ts'
import { withStackOf, withStore } from './stack.ts'

async function newestOpenSuite(store: Store): Promise<StoredSuite> {
  const [newest] = await store.suites.list({ status: ['queued', 'running', 'paused'], limit: 1 })
  if (newest !== undefined) return newest
  throw new CommitSuiteError(
    'suite_not_found',
    'ID: no suite is open to watch. Name one, or start one with commit-suite run; commit-suite list shows those on record.',
    { field: 'ID' },
  )
}

/** Follows a suite, the newest open one by default, until its end. */
export async function watchSuite(context: CliContext, id: string | undefined, flags: FollowFlags): Promise<ExitCode> {
  const interruption = listenForInterruption(context)
  try {
    return await withStore(context, async (store, config) => {
      const { id: suite, spec } = await (id === undefined ? newestOpenSuite(store) : requireSuite(store, id))
      const secrets = secretsOf([suite], ownSecrets(spec.secretEnv, context.env))
      // The stack's start makes the suite go on: a signal during it waits until the suite can be cancelled.
      return await withStackOf(context, { store, config }, { resume: true, secrets }, ({ control, lease }) =>
        followSuite(context, { store, control, lease, suite, interruption }, flags),
      )
    })
  } finally {
    interruption.stop()
  }
}
