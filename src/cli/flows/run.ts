import { type CliContext, note, print } from '../context.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'
import { buildRequest, isLocalPath } from '../request/build.ts'
import { type PresentationOptions, splitFileOptions } from '../request/file-options.ts'
import { suiteFlagsSchema } from '../request/parse-flags.ts'
import { followSuite } from './follow-suite.ts'
import { withStack } from './stack.ts'

/** How the suite is shown, as far as flags say. */
export type RunFlags = PresentationOptions

/** Builds the request from flags and files, starts the suite and follows it to its verdicts. */
export async function runSuite(context: CliContext, rawFlags: unknown, shown: RunFlags): Promise<ExitCode> {
  const suiteFlags = suiteFlagsSchema.parse(rawFlags)
  const files = splitFileOptions(await context.services.readDefaults(context.cwd, suiteFlags.config))
  const request = buildRequest(suiteFlags, files.request, context.cwd)
  const flags = {
    detach: shown.detach ?? files.presentation.detach ?? false,
    follow: shown.follow ?? files.presentation.follow ?? false,
    json: shown.json ?? files.presentation.json ?? false,
    junit: shown.junit ?? files.presentation.junit,
    output: shown.output ?? files.presentation.output,
  }
  if (isLocalPath(request.repo) && (await context.services.uncommittedChanges(request.repo))) {
    note(context, 'warning: the working tree has uncommitted changes; only commits are tested')
  }
  return await withStack(context, { resume: true }, async ({ control, store, lease }) => {
    const { suite, joined, status } = await control.start(request)
    if (joined) note(context, `joined ${suite}, which is ${status}`)
    if (flags.detach) {
      if (flags.json) print(context, JSON.stringify({ suite, status, joined }))
      else print(context, suite)
      return EXIT.passing
    }
    return await followSuite(context, { store, control, lease, suite }, flags)
  })
}
