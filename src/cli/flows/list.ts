import { createColors } from 'picocolors'
import type { SuiteSummary } from '../../contract/http/suites.ts'
import { invalidInput, SUITE_STATUSES, type SuiteStatus } from '../../contract/index.ts'
import { type CliContext, note, print, wantsColor } from '../context.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'
import { plainTable } from '../report/table.ts'
import { tellInterrupted } from '../site/tell-interrupted.ts'
import { withSite } from '../site/with-site.ts'
import { safeLine } from '../terminal-safe.ts'

export interface ListFlags {
  status?: string | undefined
  repo?: string | undefined
  limit: string
  json: boolean
}

const isStatus = (word: string): word is SuiteStatus => SUITE_STATUSES.some((status) => status === word)

function parseStatuses(text: string): SuiteStatus[] {
  return text.split(',').map((part) => {
    const word = part.trim()
    if (!isStatus(word)) throw invalidInput('--status', word, `must be one of ${SUITE_STATUSES.join(', ')}`)
    return word
  })
}

const MOST = 1_000

function parseLimit(text: string): number {
  const limit = Number(text)
  if (!/^\d+$/.test(text) || limit < 1 || limit > MOST) {
    throw invalidInput('--limit', text, 'must be a whole number from 1 to 1,000')
  }
  return limit
}

const commandText = ({ command }: SuiteSummary): string => {
  if (command === null) return ''
  return 'shell' in command ? command.shell : command.argv.join(' ')
}

function rowOf(summary: SuiteSummary): string[] {
  const { suite, status, startedAt, runs, repo } = summary
  return [suite, status, startedAt, String(runs), safeLine(repo), safeLine(commandText(summary))]
}

/** Prints the suites on record, newest first. */
export async function listSuites(context: CliContext, flags: ListFlags): Promise<ExitCode> {
  const query = {
    limit: parseLimit(flags.limit),
    ...(flags.status === undefined ? {} : { status: parseStatuses(flags.status) }),
    ...(flags.repo === undefined ? {} : { repo: flags.repo }),
  }
  return await withSite(context, async (site) => {
    const suites = await site.suites(query)
    if (flags.json) print(context, JSON.stringify(suites))
    else if (suites.length === 0) note(context, 'no suite on record')
    else {
      const colors = createColors(wantsColor(context, context.stdout))
      const head = ['suite', 'status', 'started', 'runs/commit', 'repository', 'command']
      print(context, plainTable(head, suites.map(rowOf), colors))
    }
    await tellInterrupted(context, site)
    return EXIT.passing
  })
}
