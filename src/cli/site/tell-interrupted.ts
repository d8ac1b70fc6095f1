import { type CliContext, note } from '../context.ts'
import type { Site } from './site.ts'

const LISTED = 5

/** A few suites by name. */
export const namedSuites = (ids: string[]): string =>
  ids.slice(0, LISTED).join(', ') + (ids.length > LISTED ? ' and more' : '')

/** Says what an earlier crash interrupted, for commands that do not start the stack. */
export async function tellInterrupted(context: CliContext, site: Site): Promise<void> {
  const ids = await site.interrupted()
  if (ids.length > 0) note(context, `interrupted: ${namedSuites(ids)}; commit-suite watch, run or serve resumes`)
}
