import { CommitSuiteError, isOpen, searchWorkflowId } from '../../contract/index.ts'
import type { NamedSearch } from '../../temporal/searches.ts'
import { type CliContext, note, print } from '../context.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'
import { searchLine } from '../report/advice.ts'
import { isLocalPath } from '../request/build.ts'
import { buildSearch } from '../request/build-search.ts'
import { splitFileOptions } from '../request/file-options.ts'
import { withOwnKubeconfig } from '../request/own-kubeconfig.ts'
import { suiteFlagsSchema } from '../request/parse-flags.ts'
import { requireReachable } from '../request/reachable.ts'
import { searchFlagsSchema } from '../request/search-flags.ts'
import { namedAsSearchOption } from '../request/search-rules.ts'
import { type GatewayPlace, gatewayOfRun } from '../site/gateway.ts'
import { withSiteAt } from '../site/with-site.ts'
import { followSearch, type SearchFollowFlags } from './follow-search.ts'
import { type Interruption, listenForInterruption } from './interruption.ts'

type BisectFlags = SearchFollowFlags & { detach: boolean }

interface Wanted {
  request: NamedSearch
  /** Undefined on this machine. */
  gateway: GatewayPlace | undefined
}

async function readWanted(context: CliContext, rawFlags: unknown): Promise<Wanted> {
  const suite = suiteFlagsSchema.parse(rawFlags)
  const search = searchFlagsSchema.parse(rawFlags)
  const files = splitFileOptions(await context.services.readDefaults(context.cwd, suite.config))
  const gateway = await gatewayOfRun(context, files.gatewayUrl)
  const request = buildSearch({ suite, search }, files.request, context.cwd)
  if (gateway === undefined) return { request: await withOwnKubeconfig(context, request), gateway }
  await requireReachable(context, request, gateway)
  return { request, gateway }
}

async function startAndFollow(
  context: CliContext,
  { request, gateway }: Wanted,
  flags: BisectFlags,
  interruption: Interruption,
): Promise<ExitCode> {
  const secrets = { suites: [searchWorkflowId(request.id)], names: request.secretEnv ?? [], required: true }
  const options = { resume: true, secrets, signal: interruption.signal }
  if (gateway === undefined && isLocalPath(request.repo) && (await context.services.uncommittedChanges(request.repo))) {
    note(context, 'warning: the working tree has uncommitted changes; only commits are tested')
  }
  return await withSiteAt(context, gateway, (site) =>
    site.withStack(options, async (stack) => {
      interruption.signal.throwIfAborted()
      const { search, joined, status } = await stack.control.searches.start(request)
      if (joined) note(context, `joined ${search}, which ${isOpen(status) ? 'is' : 'has'} ${status}`)
      // An interrupted start is followed to its end, for nobody else would cancel it.
      if (!flags.detach || interruption.interrupted) {
        return await followSearch(context, { site, stack, search, interruption }, flags)
      }
      // Before that the stack does not know that it is still needed.
      const refusal = await stack.control.searches.untilOnRecord(search)
      if (refusal !== undefined) throw refusal
      const link = searchLine(stack.temporal, search)
      if (link !== undefined) note(context, link)
      print(context, flags.json ? JSON.stringify({ search, status, joined }) : search)
      return EXIT.passing
    }),
  )
}

/** Builds the request from flags and files, starts the search and follows it to its answer. */
export async function runSearch(context: CliContext, rawFlags: unknown, flags: BisectFlags): Promise<ExitCode> {
  const interruption = listenForInterruption(context, 'search')
  try {
    return await startAndFollow(context, await readWanted(context, rawFlags), flags, interruption)
  } catch (error) {
    if (interruption.interrupted && error === interruption.signal.reason) {
      note(context, 'interrupted before the search was started')
      return EXIT.interrupted
    }
    throw error instanceof CommitSuiteError ? namedAsSearchOption(error) : error
  } finally {
    interruption.stop()
  }
}
