import { parseDuration } from '../../contract/duration.ts'
import { count, plural } from '../../report/format.ts'
import { type ClusterFlags, clusterOf } from '../cluster-flags.ts'
import { type CliContext, note, print } from '../context.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'
import { requireOwnMachine } from '../site/gateway.ts'
import { safeLine } from '../terminal-safe.ts'

export interface GcFlags extends ClusterFlags {
  olderThan: string
  dryRun: boolean
  json: boolean
}

/** Removes what has outlived its time-to-live and belongs to nobody, on this host and in the clusters it knows. */
export async function collect(context: CliContext, flags: GcFlags): Promise<ExitCode> {
  requireOwnMachine(context, 'gc')
  const olderThanMs = parseDuration(flags.olderThan, '--older-than')
  const { dryRun } = flags
  const { services } = context
  const config = services.config()
  const cluster = clusterOf(flags, context.cwd)
  const [removed, { collected, unreached }] = await Promise.all([
    services.collectGarbage(config, { olderThanMs, dryRun }),
    services.collectEnvironments(config, { olderThanMs, dryRun, cluster }),
  ])
  const environments = collected.flatMap((one) => one.removed.map((item) => ({ cluster: one.cluster, ...item })))
  const stuck = collected.flatMap((one) => one.stuck.map((item) => ({ cluster: one.cluster, ...item })))
  const freedBytes = removed.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  for (const { cluster, namespace, heldBy } of stuck) {
    note(context, safeLine(`${cluster}/${namespace} does not go: ${heldBy.join('; ')}`))
  }
  for (const reason of unreached) note(context, safeLine(`not looked at: ${reason}`))
  if (flags.json) print(context, JSON.stringify({ dryRun, removed, freedBytes, environments, stuck, unreached }))
  else {
    for (const { name } of removed) print(context, safeLine(name))
    for (const { cluster, namespace, reason } of environments) {
      print(context, safeLine(`${cluster}/${namespace} (${reason})`))
    }
    const verb = dryRun ? 'would be removed' : 'removed'
    const items = plural(removed.length + environments.length, 'item')
    print(context, `${items} ${verb}, ${count(Math.round(freedBytes / 1024 / 1024))} MiB`)
  }
  return EXIT.passing
}
