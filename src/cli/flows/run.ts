import { CommitSuiteError } from '../../contract/index.ts'
import { type CliContext, inGithubActions, note, print } from '../context.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'
import { temporalLine } from '../report/advice.ts'
import { buildRequest, isLocalPath, type NamedRequest } from '../request/build.ts'
import { type PresentationOptions, splitFileOptions } from '../request/file-options.ts'
import { namedAsOption } from '../request/option-rules.ts'
import { withOwnKubeconfig } from '../request/own-kubeconfig.ts'
import { suiteFlagsSchema } from '../request/parse-flags.ts'
import { requireReachable } from '../request/reachable.ts'
import { type GatewayPlace, gatewayOfRun } from '../site/gateway.ts'
import { withSiteAt } from '../site/with-site.ts'
import { type FollowFlags, followSuite } from './follow-suite.ts'
import { type Interruption, listenForInterruption } from './interruption.ts'

/** How the suite is shown, as far as flags say. */
export interface RunFlags extends PresentationOptions {
  /** For GitHub Actions too; by default where this is a job of theirs. */
  github?: boolean | undefined
}

interface Wanted {
  request: NamedRequest
  flags: FollowFlags & { detach: boolean }
  /** Undefined on this machine. */
  gateway: GatewayPlace | undefined
}

async function readWanted(context: CliContext, rawFlags: unknown, shown: RunFlags): Promise<Wanted> {
  const suiteFlags = suiteFlagsSchema.parse(rawFlags)
  const files = splitFileOptions(await context.services.readDefaults(context.cwd, suiteFlags.config))
  const gateway = await gatewayOfRun(context, files.gatewayUrl)
  const built = buildRequest(suiteFlags, files.request, context.cwd)
  if (gateway !== undefined) await requireReachable(context, built, gateway)
  const request = gateway === undefined ? await withOwnKubeconfig(context, built) : built
  const flags = {
    detach: shown.detach ?? files.presentation.detach ?? false,
    follow: shown.follow ?? files.presentation.follow ?? false,
    json: shown.json ?? files.presentation.json ?? false,
    junit: shown.junit ?? files.presentation.junit,
    output: shown.output ?? files.presentation.output,
    github: shown.github ?? inGithubActions(context),
  }
  return { request, flags, gateway }
}

async function startAndFollow(
  context: CliContext,
  { request, flags, gateway }: Wanted,
  interruption: Interruption,
): Promise<ExitCode> {
  const secrets = { suites: [request.id], names: request.secretEnv ?? [], required: true }
  const options = { resume: true, secrets, signal: interruption.signal }
  if (gateway === undefined && isLocalPath(request.repo) && (await context.services.uncommittedChanges(request.repo))) {
    note(context, 'warning: the working tree has uncommitted changes; only commits are tested')
  }
  return await withSiteAt(context, gateway, (site) =>
    site.withStack(options, async (stack) => {
      interruption.signal.throwIfAborted()
      const { suite, joined, status } = await stack.control.start(request)
      if (joined) note(context, `joined ${suite}, which is ${status}`)
      // An interrupted start is followed to its end, for nobody else would cancel it.
      if (!flags.detach || interruption.interrupted) {
        return await followSuite(context, { site, stack, suite, interruption }, flags)
      }
      // Before that the stack does not know that it is still needed.
      const refusal = await stack.control.untilOnRecord(suite)
      if (refusal !== undefined) throw refusal
      const link = temporalLine(stack.temporal, suite)
      if (link !== undefined) note(context, link)
      print(context, flags.json ? JSON.stringify({ suite, status, joined }) : suite)
      return EXIT.passing
    }),
  )
}

/** Builds the request from flags and files, starts the suite and follows it to its verdicts. */
export async function runSuite(context: CliContext, rawFlags: unknown, shown: RunFlags): Promise<ExitCode> {
  const interruption = listenForInterruption(context)
  try {
    const wanted = await readWanted(context, rawFlags, shown)
    return await startAndFollow(context, wanted, interruption)
  } catch (error) {
    if (interruption.interrupted && error === interruption.signal.reason) {
      note(context, 'interrupted before the suite was started')
      return EXIT.interrupted
    }
    throw error instanceof CommitSuiteError ? namedAsOption(error) : error
  } finally {
    interruption.stop()
  }
}
