import { createColors } from 'picocolors'
import { MOST_DAYS } from '../../contract/http/tests.ts'
import { invalidInput } from '../../contract/index.ts'
import { type CliContext, note, print, wantsColor } from '../context.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'
import { historyTable, testHistoryText } from '../report/history.ts'
import { repoAsRecorded } from '../request/build.ts'
import { gatewayOf } from '../site/gateway.ts'
import { withSite } from '../site/with-site.ts'

export interface HistoryFlags {
  repo?: string | undefined
  test?: string | undefined
  days?: string | undefined
  flaky: boolean
  sort: string
  limit: string
  json: boolean
}

const SORTS = ['rate', 'recent', 'name'] as const
const MOST_TESTS = 1_000
const DRAWN_DAYS = 30

function wholeNumber(field: string, text: string, most: number): number {
  const value = Number(text)
  if (/^\d+$/.test(text) && value >= 1 && value <= most) return value
  throw invalidInput(field, text, `must be a whole number from 1 to ${most.toLocaleString('en-US')}`)
}

function sortOf(text: string): (typeof SORTS)[number] {
  const sort = SORTS.find((known) => known === text)
  if (sort === undefined) throw invalidInput('--sort', text, `must be one of ${SORTS.join(', ')}`)
  return sort
}

/** Prints failure rates of tests over all suites, or all that is known of one test. */
export async function showHistory(context: CliContext, flags: HistoryFlags): Promise<ExitCode> {
  const days = flags.days === undefined ? undefined : wholeNumber('--days', flags.days, MOST_DAYS)
  const limit = wholeNumber('--limit', flags.limit, MOST_TESTS)
  const sort = sortOf(flags.sort)
  const { test } = flags
  if (test !== undefined && flags.repo === undefined) {
    throw invalidInput(
      'REPO',
      undefined,
      '--test needs the repository of the test',
      'Name it: commit-suite history REPO --test T.',
    )
  }
  const isRemote = (await gatewayOf(context)) !== undefined
  const repo = flags.repo === undefined || isRemote ? flags.repo : repoAsRecorded(flags.repo, context.cwd)
  const colors = createColors(wantsColor(context, context.stdout))
  return await withSite(context, async (site) => {
    if (test !== undefined && repo !== undefined) {
      const history = await site.history.test({ repo, test, days })
      print(context, flags.json ? JSON.stringify(history) : testHistoryText(history, colors))
      return EXIT.passing
    }
    const drawn = days ?? DRAWN_DAYS
    const query = { repo, sort, limit, flaky: flags.flaky ? true : undefined }
    const page = await site.history.tests({ ...query, days })
    if (flags.json) print(context, JSON.stringify(page.tests))
    else if (page.tests.length === 0) note(context, 'no judged run on record had such a test')
    else print(context, historyTable(page.tests, { days: drawn, repos: repo === undefined, now: Date.now() }, colors))
    if (page.next !== null) note(context, `more tests than ${limit}: --limit N shows up to ${MOST_TESTS}`)
    return EXIT.passing
  })
}
