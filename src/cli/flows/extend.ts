import { CommitSuiteError, type ExtensionRequest, isOpen } from '../../contract/index.ts'
import { type CliContext, note, print } from '../context.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'
import { readProgress } from '../progress/read-progress.ts'
import { temporalLine } from '../report/advice.ts'
import { type ExtensionFlags, extensionOfFlags, namedAsFlag } from '../request/extension-flags.ts'
import type { Site, Stack } from '../site/site.ts'
import { withSite } from '../site/with-site.ts'
import { type FollowFlags, followSuite } from './follow-suite.ts'
import { type Interruption, listenForInterruption } from './interruption.ts'
import { requireSuite } from './lookup.ts'

export type ExtendFlags = FollowFlags & { detach: boolean }

interface Wanted {
  suite: string
  extension: ExtensionRequest & { expected: number }
  flags: ExtendFlags
}

async function extendAndFollow(
  context: CliContext,
  site: Site,
  stack: Stack,
  { suite, extension, flags }: Wanted,
  interruption: Interruption,
): Promise<ExitCode> {
  const seen = await readProgress(site, suite)
  interruption.signal.throwIfAborted()
  const { extension: number, joined, status } = await stack.control.extend(suite, extension)
  if (joined) note(context, `joined extension ${number} of ${suite}, which is ${status}`)
  // An interrupted start is followed to its end, for nobody else would cancel it.
  if (!flags.detach || interruption.interrupted) {
    return await followSuite(context, { site, stack, suite, interruption, seen }, flags)
  }
  const link = temporalLine(stack.temporal, suite)
  if (link !== undefined) note(context, link)
  print(context, flags.json ? JSON.stringify({ suite, extension: number, status, joined }) : suite)
  return EXIT.passing
}

/** Adds runs to a suite or repeats some of its runs, and follows it to its verdicts over all runs. */
export async function extendSuite(
  context: CliContext,
  id: string,
  asked: ExtensionFlags,
  flags: ExtendFlags,
): Promise<ExitCode> {
  const interruption = listenForInterruption(context)
  try {
    const { extension, number } = extensionOfFlags(asked)
    return await withSite(context, async (site) => {
      const { id: suite, spec, status, extensions } = await requireSuite(site, id)
      // A suite that is open may have been given its values by another command.
      const secrets = { suites: [suite], names: spec.secretEnv, required: !isOpen(status) }
      const options = { resume: true, secrets, signal: interruption.signal }
      const expected = number === undefined ? extensions : number - 1
      const wanted = { suite, extension: { ...extension, expected }, flags }
      return await site.withStack(options, (stack) => extendAndFollow(context, site, stack, wanted, interruption))
    })
  } catch (error) {
    if (interruption.interrupted && error === interruption.signal.reason) {
      note(context, 'interrupted before the suite was extended')
      return EXIT.interrupted
    }
    throw error instanceof CommitSuiteError ? namedAsFlag(error) : error
  } finally {
    interruption.stop()
  }
}
