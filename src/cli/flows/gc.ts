import { parseDuration } from '../../contract/duration.ts'
import { type CliContext, print } from '../context.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'
import { safeLine } from '../terminal-safe.ts'
import { count, plural } from '../text-format.ts'

export interface GcFlags {
  olderThan: string
  dryRun: boolean
  json: boolean
}

/** Removes what has outlived its time-to-live and belongs to nobody. */
export async function collect(context: CliContext, flags: GcFlags): Promise<ExitCode> {
  const olderThanMs = parseDuration(flags.olderThan, '--older-than')
  const { services } = context
  const removed = await services.collectGarbage(services.config(), { olderThanMs, dryRun: flags.dryRun })
  const freedBytes = removed.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  if (flags.json) print(context, JSON.stringify({ dryRun: flags.dryRun, removed, freedBytes }))
  else {
    for (const { name } of removed) print(context, safeLine(name))
    const verb = flags.dryRun ? 'would be removed' : 'removed'
    print(context, `${plural(removed.length, 'item')} ${verb}, ${count(Math.round(freedBytes / 1024 / 1024))} MiB`)
  }
  return EXIT.passing
}
