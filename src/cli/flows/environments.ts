import { createColors } from 'picocolors'
import type { EnvironmentDocument } from '../../contract/http/environments.ts'
import { count, formatSpan } from '../../report/format.ts'
import type { EnvironmentFlags } from '../cluster-flags.ts'
import { type CliContext, note, print, wantsColor } from '../context.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'
import { plainTable } from '../report/table.ts'
import { withEnvironments } from '../site/with-environments.ts'
import { safeLine } from '../terminal-safe.ts'

/** Prints the environments of a cluster, by name. */
export async function printEnvironments(
  context: CliContext,
  { json, ...flags }: EnvironmentFlags & { json: boolean },
): Promise<ExitCode> {
  return await withEnvironments(context, flags, async (environments) => {
    const found = await environments.list()
    for (const { namespace, heldBy } of found) {
      if (heldBy.length > 0) note(context, safeLine(`${namespace} does not go: ${heldBy.join('; ')}`))
    }
    if (json) print(context, JSON.stringify(found))
    else if (found.length === 0) note(context, safeLine(`no environment in ${environments.place}`))
    else {
      const head = ['environment', 'of', 'state', 'pods', 'age', 'expires']
      const rows = found.map((environment) => rowOf(environment, context.now()))
      print(context, plainTable(head, rows, createColors(wantsColor(context, context.stdout))))
    }
    return EXIT.passing
  })
}

function rowOf(environment: EnvironmentDocument, nowMs: number): string[] {
  const { namespace, kind, suite = '', sha = '', chat = '', user = '', phase, pods } = environment
  const whose = kind === 'lane' ? `suite ${suite} at ${sha.slice(0, 12)}` : `session of chat ${chat}, user ${user}`
  const leftMs = environment.expiresAt === null ? undefined : Date.parse(environment.expiresAt) - nowMs
  const expires = leftMs === undefined ? '' : leftMs <= 0 ? 'expired' : `in ${formatSpan(leftMs)}`
  const age = formatSpan(Math.max(0, nowMs - Date.parse(environment.createdAt)))
  return [namespace, safeLine(whose), phase.toLowerCase(), count(pods), age, expires]
}

/** Removes environments by name: all of them, or none where one is not there or is in use. */
export async function removeEnvironments(
  context: CliContext,
  names: readonly string[],
  flags: EnvironmentFlags,
): Promise<ExitCode> {
  return await withEnvironments(context, flags, async (environments) => {
    await environments.remove([...new Set(names)], (name) => print(context, name))
    return EXIT.passing
  })
}
