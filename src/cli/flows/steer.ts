import { CommitSuiteError, isOpen } from '../../contract/index.ts'
import { type CliContext, note, print } from '../context.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'
import type { Control, IsolationRecord, SearchRecord, Site } from '../site/site.ts'
import { withSite } from '../site/with-site.ts'
import { isolationOf, requireSuite, searchOf } from './lookup.ts'

async function steer(
  context: CliContext,
  id: string,
  act: (control: Control, site: Site) => Promise<string>,
): Promise<ExitCode> {
  return await withSite(context, async (site) => {
    const { status, spec } = await requireSuite(site, id)
    if (!isOpen(status)) {
      throw new CommitSuiteError('suite_not_running', `ID: "${id}" – the suite is ${status} already.`)
    }
    const secrets = { suites: [id], names: spec.secretEnv, required: false }
    return await site.withStack({ resume: false, secrets }, async ({ control }) => {
      print(context, `${id} ${await act(control, site)}`)
      return EXIT.passing
    })
  })
}

/** Cancels a suite, a search or an isolation; waits until nothing of it is left unless told otherwise. */
export async function cancelSuite(context: CliContext, id: string, flags: { wait: boolean }): Promise<ExitCode> {
  const search = await withSite(context, (site) => searchOf(site, id))
  if (search !== undefined) return await cancelSearch(context, search, flags)
  const isolation = await withSite(context, (site) => isolationOf(site, id))
  if (isolation !== undefined) return await cancelIsolation(context, isolation, flags)
  return await steer(context, id, async (control, site) => {
    await control.cancel(id)
    if (!flags.wait) return 'is being cancelled'
    note(context, 'cancelling; waiting for the clean-up')
    await site.untilEnded(id)
    return 'cancelled'
  })
}

async function cancelSearch(
  context: CliContext,
  { id, status }: SearchRecord,
  { wait }: { wait: boolean },
): Promise<ExitCode> {
  if (!isOpen(status)) {
    throw new CommitSuiteError('search_not_running', `ID: "${id}" – the search is ${status} already.`)
  }
  return await withSite(context, (site) =>
    site.withStack({ resume: false }, async ({ control }) => {
      await control.searches.cancel(id)
      if (wait) {
        note(context, 'cancelling; waiting for the clean-up')
        await site.searches.untilEnded(id)
      }
      print(context, `${id} ${wait ? 'cancelled' : 'is being cancelled'}`)
      return EXIT.passing
    }),
  )
}

async function cancelIsolation(
  context: CliContext,
  { id, status }: IsolationRecord,
  { wait }: { wait: boolean },
): Promise<ExitCode> {
  if (!isOpen(status)) {
    throw new CommitSuiteError('isolation_not_running', `ID: "${id}" – the isolation is ${status} already.`)
  }
  return await withSite(context, (site) =>
    site.withStack({ resume: false }, async ({ control }) => {
      await control.isolations.cancel(id)
      if (wait) {
        note(context, 'cancelling; waiting for the clean-up')
        await site.isolations.untilEnded(id)
      }
      print(context, `${id} ${wait ? 'cancelled' : 'is being cancelled'}`)
      return EXIT.passing
    }),
  )
}

/** Lets runs in flight finish and starts no new one. */
export const pauseSuite = (context: CliContext, id: string, { note: why }: { note?: string }): Promise<ExitCode> =>
  steer(context, id, async (control) => {
    await control.pause(id, why)
    return 'paused; runs in flight finish'
  })

export const resumeSuite = (context: CliContext, id: string): Promise<ExitCode> =>
  steer(context, id, async (control) => {
    await control.resume(id)
    return 'resumed'
  })
