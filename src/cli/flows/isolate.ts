import { CommitSuiteError, isOpen, isolationWorkflowId } from '../../contract/index.ts'
import type { NamedIsolation } from '../../temporal/isolations.ts'
import { type CliContext, note, print } from '../context.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'
import { isolationLine } from '../report/advice.ts'
import { isLocalPath } from '../request/build.ts'
import { buildIsolation } from '../request/build-isolation.ts'
import { splitFileOptions } from '../request/file-options.ts'
import { isolationFlagsSchema } from '../request/isolation-flags.ts'
import { namedAsIsolationOption } from '../request/isolation-rules.ts'
import { withOwnKubeconfig } from '../request/own-kubeconfig.ts'
import { suiteFlagsSchema } from '../request/parse-flags.ts'
import { requireReachable } from '../request/reachable.ts'
import { type GatewayPlace, gatewayOfRun } from '../site/gateway.ts'
import { withSiteAt } from '../site/with-site.ts'
import { followIsolation, type IsolationFollowFlags } from './follow-isolation.ts'
import { type Interruption, listenForInterruption } from './interruption.ts'

type IsolateFlags = IsolationFollowFlags & { detach: boolean }

interface Asked {
  test: string
  /** As commander hands them over. */
  flags: unknown
}

interface Wanted {
  request: NamedIsolation
  /** Undefined on this machine. */
  gateway: GatewayPlace | undefined
}

async function readWanted(context: CliContext, { test, flags }: Asked): Promise<Wanted> {
  const suite = suiteFlagsSchema.parse(flags)
  const isolation = isolationFlagsSchema.parse(flags)
  const files = splitFileOptions(await context.services.readDefaults(context.cwd, suite.config))
  const gateway = await gatewayOfRun(context, files.gatewayUrl)
  const request = buildIsolation({ test, suite, isolation }, files.request, context.cwd)
  if (gateway === undefined) return { request: await withOwnKubeconfig(context, request), gateway }
  if (request.repo !== undefined) await requireReachable(context, { repo: request.repo }, gateway)
  return { request, gateway }
}

async function startAndFollow(
  context: CliContext,
  { request, gateway }: Wanted,
  flags: IsolateFlags,
  interruption: Interruption,
): Promise<ExitCode> {
  const { id, repo } = request
  if (
    gateway === undefined &&
    repo !== undefined &&
    isLocalPath(repo) &&
    (await context.services.uncommittedChanges(repo))
  ) {
    note(context, 'warning: the working tree has uncommitted changes; only commits are tested')
  }
  return await withSiteAt(context, gateway, async (site) => {
    const ofRun = request.run === undefined ? undefined : (await site.run(request.run)).suite.spec.secretEnv
    const names = request.secretEnv ?? ofRun ?? []
    const secrets = { suites: [isolationWorkflowId(id)], names, required: true }
    const options = { resume: true, secrets, signal: interruption.signal }
    return await site.withStack(options, async (stack) => {
      interruption.signal.throwIfAborted()
      const { isolation, joined, status } = await stack.control.isolations.start(request)
      if (joined) note(context, `joined ${isolation}, which ${isOpen(status) ? 'is' : 'has'} ${status}`)
      // An interrupted start is followed to its end, for nobody else would cancel it.
      if (!flags.detach || interruption.interrupted) {
        return await followIsolation(context, { site, stack, isolation, interruption }, flags)
      }
      // Before that the stack does not know that it is still needed.
      const refusal = await stack.control.isolations.untilOnRecord(isolation)
      if (refusal !== undefined) throw refusal
      const link = isolationLine(stack.temporal, isolation)
      if (link !== undefined) note(context, link)
      print(context, flags.json ? JSON.stringify({ isolation, status, joined }) : isolation)
      return EXIT.passing
    })
  })
}

/** Builds the request from flags and files, starts the isolation and follows it to its answer. */
export async function isolateTest(context: CliContext, asked: Asked, flags: IsolateFlags): Promise<ExitCode> {
  const interruption = listenForInterruption(context, 'isolation')
  try {
    return await startAndFollow(context, await readWanted(context, asked), flags, interruption)
  } catch (error) {
    if (interruption.interrupted && error === interruption.signal.reason) {
      note(context, 'interrupted before the isolation was started')
      return EXIT.interrupted
    }
    throw error instanceof CommitSuiteError ? namedAsIsolationOption(error) : error
  } finally {
    interruption.stop()
  }
}
