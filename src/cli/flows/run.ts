import { CommitSuiteError, type SuiteRequest } from '../../contract/index.ts'
import { type CliContext, note, print } from '../context.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'
import { requireSecrets, secretsOf } from '../own-secrets.ts'
import { temporalLine } from '../report/advice.ts'
import { buildRequest, isLocalPath, type NamedRequest } from '../request/build.ts'
import { type PresentationOptions, splitFileOptions } from '../request/file-options.ts'
import { namedAsOption } from '../request/option-rules.ts'
import { withOwnKubeconfig } from '../request/own-kubeconfig.ts'
import { suiteFlagsSchema } from '../request/parse-flags.ts'
import { type FollowFlags, followSuite, untilOnRecord } from './follow-suite.ts'
import { type Interruption, listenForInterruption } from './interruption.ts'
import { withStack } from './stack.ts'

/** How the suite is shown, as far as flags say. */
export type RunFlags = PresentationOptions

interface Wanted {
  request: NamedRequest
  flags: FollowFlags & { detach: boolean }
}

async function readWanted(context: CliContext, rawFlags: unknown, shown: RunFlags): Promise<Wanted> {
  const suiteFlags = suiteFlagsSchema.parse(rawFlags)
  const files = splitFileOptions(await context.services.readDefaults(context.cwd, suiteFlags.config))
  const request = await withOwnKubeconfig(context, buildRequest(suiteFlags, files.request, context.cwd))
  const flags = {
    detach: shown.detach ?? files.presentation.detach ?? false,
    follow: shown.follow ?? files.presentation.follow ?? false,
    json: shown.json ?? files.presentation.json ?? false,
    junit: shown.junit ?? files.presentation.junit,
    output: shown.output ?? files.presentation.output,
  }
  return { request, flags }
}

const secretsFor = ({ id, secretEnv = [] }: SuiteRequest & { id: string }, env: NodeJS.ProcessEnv) =>
  secretsOf([id], requireSecrets(secretEnv, env))

async function startAndFollow(
  context: CliContext,
  { request, flags }: Wanted,
  interruption: Interruption,
): Promise<ExitCode> {
  const options = { resume: true, secrets: secretsFor(request, context.env), signal: interruption.signal }
  if (isLocalPath(request.repo) && (await context.services.uncommittedChanges(request.repo))) {
    note(context, 'warning: the working tree has uncommitted changes; only commits are tested')
  }
  return await withStack(context, options, async ({ control, store, lease }) => {
    interruption.signal.throwIfAborted()
    const { suite, joined, status } = await control.start(request)
    if (joined) note(context, `joined ${suite}, which is ${status}`)
    // An interrupted start is followed to its end, for nobody else would cancel it.
    if (!flags.detach || interruption.interrupted) {
      return await followSuite(context, { store, control, lease, suite, interruption }, flags)
    }
    // Before that the stack does not know that it is still needed.
    const refusal = await untilOnRecord(store, control, suite)
    if (refusal !== undefined) throw refusal
    const link = temporalLine(lease, suite)
    if (link !== undefined) note(context, link)
    print(context, flags.json ? JSON.stringify({ suite, status, joined }) : suite)
    return EXIT.passing
  })
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
