import type { CreatedSweep } from '../../contract/http/sweeps.ts'
import { CommitSuiteError, formatDuration, type SweepRequest } from '../../contract/index.ts'
import { type CliContext, note, print } from '../context.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'
import { buildSweep } from '../request/build-sweep.ts'
import { splitFileOptions } from '../request/file-options.ts'
import { withOwnKubeconfig } from '../request/own-kubeconfig.ts'
import { suiteFlagsSchema } from '../request/parse-flags.ts'
import { requireReachable } from '../request/reachable.ts'
import { sweepFlagsSchema } from '../request/sweep-flags.ts'
import { namedAsSweepOption } from '../request/sweep-rules.ts'
import { type GatewayPlace, gatewayOfRun } from '../site/gateway.ts'
import { withSiteAt } from '../site/with-site.ts'
import { safeLine } from '../terminal-safe.ts'

interface Wanted {
  request: SweepRequest
  /** Undefined on this machine. */
  gateway: GatewayPlace | undefined
}

async function readWanted(context: CliContext, rawFlags: unknown): Promise<Wanted> {
  const suite = suiteFlagsSchema.parse(rawFlags)
  const sweep = sweepFlagsSchema.parse(rawFlags)
  const files = splitFileOptions(await context.services.readDefaults(context.cwd, suite.config))
  const gateway = await gatewayOfRun(context, files.gatewayUrl)
  const request = buildSweep({ suite, sweep }, files.request, context.cwd)
  if (gateway === undefined) return { request: await withOwnKubeconfig(context, request), gateway }
  await requireReachable(context, request, gateway)
  return { request, gateway }
}

/** Creates a sweep, and says so where nothing runs that would fire it. */
export async function createSweep(
  context: CliContext,
  rawFlags: unknown,
  { json }: { json: boolean },
): Promise<ExitCode> {
  try {
    const { request, gateway } = await readWanted(context, rawFlags)
    return await withSiteAt(context, gateway, async (site) => {
      // This command's own stack does not count: it ends with it.
      const isUp = gateway !== undefined || (await site.temporal()) !== undefined
      const created = await site.withStack({ resume: true }, ({ control }) => control.sweeps.create(request))
      print(context, json ? JSON.stringify(created) : created.name)
      tell(context, created, isUp)
      return EXIT.passing
    })
  } catch (error) {
    throw error instanceof CommitSuiteError ? namedAsSweepOption(error) : error
  }
}

function tell(
  context: CliContext,
  { name, joined, workers, nextRuns, paused, catchupMs }: CreatedSweep,
  isUp: boolean,
) {
  if (joined) note(context, `${name} is there already, as asked for${paused ? '; it is paused' : ''}`)
  const [next] = nextRuns
  if (next !== undefined) note(context, `next: ${next}`)
  else if (!paused) note(context, 'warning: this cron expression names no time that ever comes')
  if (!isUp) {
    const made = `what is missed meanwhile is made up for within ${formatDuration(catchupMs)}`
    note(context, `warning: nothing runs that would fire it. Start commit-suite serve and keep it running; ${made}`)
  } else if (workers === 0) {
    note(context, 'warning: no worker runs that would take its firings. Start commit-suite worker beside the gateway')
  } else
    note(
      context,
      safeLine(`see it with commit-suite sweep show ${name}; fire it with commit-suite sweep trigger ${name}`),
    )
}
