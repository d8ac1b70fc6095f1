import { createColors } from 'picocolors'
import { invalidInput, SUITE_STATUSES, type SuiteStatus } from '../../contract/index.ts'
import type { StoredSuite } from '../../store/store.ts'
import { type CliContext, note, print, wantsColor } from '../context.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'
import { plainTable } from '../report/table.ts'
import { safeLine } from '../terminal-safe.ts'
import { tellInterrupted, withStore } from './stack.ts'

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

const commandText = ({ spec }: StoredSuite): string => {
  if (spec.command === undefined) return ''
  return 'shell' in spec.command ? spec.command.shell : spec.command.argv.join(' ')
}

function rowOf(suite: StoredSuite): string[] {
  const { id, status, createdAt, spec } = suite
  return [id, status, createdAt, String(spec.runs), safeLine(spec.repo), safeLine(commandText(suite))]
}

const entryOf = ({ id, status, createdAt, finishedAt, failure, spec }: StoredSuite) => ({
  suite: id,
  repo: spec.repo,
  status,
  startedAt: createdAt,
  finishedAt,
  runs: spec.runs,
  command: spec.command ?? null,
  failure,
})

/** Prints the suites on record, newest first. */
export async function listSuites(context: CliContext, flags: ListFlags): Promise<ExitCode> {
  const query = {
    limit: parseLimit(flags.limit),
    ...(flags.status === undefined ? {} : { status: parseStatuses(flags.status) }),
    ...(flags.repo === undefined ? {} : { repo: flags.repo }),
  }
  return await withStore(context, async (store, config) => {
    const suites = await store.suites.list(query)
    if (flags.json) print(context, JSON.stringify(suites.map(entryOf)))
    else if (suites.length === 0) note(context, 'no suite on record')
    else {
      const colors = createColors(wantsColor(context, context.stdout))
      const head = ['suite', 'status', 'started', 'runs/commit', 'repository', 'command']
      print(context, plainTable(head, suites.map(rowOf), colors))
    }
    await tellInterrupted(context, store, config)
    return EXIT.passing
  })
}
