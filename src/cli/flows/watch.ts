import { CommitSuiteError, isolationWorkflowId, searchWorkflowId } from '../../contract/index.ts'
import type { CliContext } from '../context.ts'
import type { ExitCode } from '../exit-codes.ts'
import type { Site } from '../site/site.ts'
import { withSite } from '../site/with-site.ts'
import { followIsolation } from './follow-isolation.ts'
import { followSearch } from './follow-search.ts'
import { type FollowFlags, followSuite } from './follow-suite.ts'
import { listenForInterruption } from './interruption.ts'
import { isolationOf, requireSuite, searchOf } from './lookup.ts'

async function newestOpen(site: Site): Promise<string> {
  const [newest] = await site.suites({ status: ['queued', 'running', 'paused'], limit: 1 })
  const id = newest?.suite ?? (await site.searches.newestOpen()) ?? (await site.isolations.newestOpen())
  if (id !== undefined) return id
  throw new CommitSuiteError(
    'suite_not_found',
    'ID: no suite is open to watch. Name one, or start one with commit-suite run; commit-suite list shows those on record.',
    { field: 'ID' },
  )
}

/** Follows a suite, a search or an isolation, the newest open one by default, until its end. */
export async function watchSuite(context: CliContext, id: string | undefined, flags: FollowFlags): Promise<ExitCode> {
  const interruption = listenForInterruption(context)
  try {
    return await withSite(context, async (site) => {
      const wanted = id ?? (await newestOpen(site))
      const search = await searchOf(site, wanted)
      if (search !== undefined) {
        const secrets = { suites: [searchWorkflowId(search.id)], names: search.secretEnv, required: false }
        return await site.withStack({ resume: true, secrets }, (stack) =>
          followSearch(context, { site, stack, search: search.id, interruption }, flags),
        )
      }
      const isolation = await isolationOf(site, wanted)
      if (isolation !== undefined) {
        const secrets = { suites: [isolationWorkflowId(isolation.id)], names: isolation.secretEnv, required: false }
        return await site.withStack({ resume: true, secrets }, (stack) =>
          followIsolation(context, { site, stack, isolation: isolation.id, interruption }, flags),
        )
      }
      const { id: suite, spec } = await requireSuite(site, wanted)
      const secrets = { suites: [suite], names: spec.secretEnv, required: false }
      // The stack's start makes the suite go on: a signal during it waits until the suite can be cancelled.
      return await site.withStack({ resume: true, secrets }, (stack) =>
        followSuite(context, { site, stack, suite, interruption }, flags),
      )
    })
  } finally {
    interruption.stop()
  }
}
