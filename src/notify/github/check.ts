import { z } from 'zod'
import type { ReportedCommit, SuiteReport } from '../../contract/index.ts'
import { failedRuns, judgedRuns } from '../../report/failing-runs.ts'
import { count, formatRate, plural } from '../../report/format.ts'
import { documentPieces } from '../../report/formats.ts'
import { withinBytes } from '../../report/github/step-summary.ts'
import { DeliveryFault } from '../fault.ts'
import type { Delivered, DeliveryDeps, Notice } from '../notice.ts'
import type { CheckTarget } from '../schema.ts'
import { githubClient } from './client.ts'
import { repositoryOf } from './repository.ts'

/** GitHub takes 65,535 characters of a summary. */
const SUMMARY_BYTES = 65_000
const PER_PAGE = 100

const checkSchema = z.object({ id: z.int(), html_url: z.string().nullable() })
const checksSchema = z.object({ check_runs: z.array(checkSchema.extend({ external_id: z.string().nullable() })) })

/** By it a check is found again, by the next try and by the next end of the suite. */
const externalId = ({ suite }: SuiteReport, sha: string): string => `commit-suite/${suite}/${sha.slice(0, 12)}`

function conclusionOf({ verdict }: ReportedCommit, { status }: SuiteReport): string {
  if (verdict === 'passing') return 'success'
  if (verdict === 'flaky' || verdict === 'failing') return 'failure'
  return status === 'cancelled' ? 'cancelled' : 'neutral'
}

/** Makes the check of a commit, or brings the suite's own up to date. */
export async function sendCheck(
  target: CheckTarget,
  notice: Notice,
  deps: DeliveryDeps,
  sha: string,
): Promise<Delivered> {
  const { report, link } = notice
  const commit = report.commits.find((candidate) => candidate.sha === sha)
  if (commit === undefined) throw new DeliveryFault(`${sha} is no commit of ${report.suite}`, { retry: false })
  const call = githubClient(target, deps)
  const place = repositoryOf(target, report.repo)
  const search = { ...place, ref: sha, check_name: target.name, filter: 'all', per_page: PER_PAGE }
  const { check_runs } = await call('GET /repos/{owner}/{repo}/commits/{ref}/check-runs', search, checksSchema)
  const external_id = externalId(report, sha)
  const known = check_runs.find((check) => check.external_id === external_id)
  const runs = `${count(failedRuns(commit))} of ${plural(judgedRuns(commit), 'run')} failed, ${formatRate(commit)}`
  const check = {
    ...{ name: target.name, external_id, status: 'completed', conclusion: conclusionOf(commit, report) },
    ...(link === undefined ? {} : { details_url: link }),
    output: {
      title: `${commit.verdict}: ${runs}`,
      summary: await withinBytes(documentPieces('markdown', { ...report, commits: [commit] }), SUMMARY_BYTES),
    },
  }
  const made =
    known === undefined
      ? await call('POST /repos/{owner}/{repo}/check-runs', { ...place, head_sha: sha, ...check }, checkSchema)
      : await call(
          'PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}',
          { ...place, check_run_id: known.id, ...check },
          checkSchema,
        )
  return { status: 'sent', detail: made.html_url ?? `check ${made.id}` }
}
