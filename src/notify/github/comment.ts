import { z } from 'zod'
import { documentPieces } from '../../report/formats.ts'
import { withinBytes } from '../../report/github/step-summary.ts'
import type { Delivered, DeliveryDeps, Notice } from '../notice.ts'
import type { CommentTarget } from '../schema.ts'
import { type GithubCall, githubClient } from './client.ts'
import { type GithubRepository, repositoryOf } from './repository.ts'

/** GitHub takes 65,536 characters of a comment. */
const COMMENT_BYTES = 65_000
const PER_PAGE = 100
/** Of comments; a marker beyond them is not looked for. */
const MOST_PAGES = 100

const commentSchema = z.object({ id: z.int(), html_url: z.string() })
const commentsSchema = z.array(
  commentSchema.extend({ body: z.string().nullish(), user: z.object({ type: z.string() }).nullable() }),
)
const pullsSchema = z.array(z.object({ number: z.int(), state: z.string() }))

/** Hidden in the page; by it the target's comment is found again. */
const markerOf = (target: string): string => `<!-- commit-suite:${target} -->`

/** Writes the target's one comment on a pull request, or brings it up to date. */
export async function sendComment(target: CommentTarget, notice: Notice, deps: DeliveryDeps): Promise<Delivered> {
  const call = githubClient(target, deps)
  const place = repositoryOf(target, notice.report.repo)
  const issue_number = target.pullRequest ?? (await openPullRequest(call, place, notice))
  if (issue_number === undefined) {
    return { status: 'skipped', detail: `no open pull request of ${place.owner}/${place.repo} has the newest commit` }
  }
  const marker = markerOf(notice.target)
  const body = `${marker}\n${await bodyOf(notice)}`
  const known = await ownComment(call, { ...place, issue_number }, marker)
  const { html_url } =
    known === undefined
      ? await call(
          'POST /repos/{owner}/{repo}/issues/{issue_number}/comments',
          { ...place, issue_number, body },
          commentSchema,
        )
      : await call(
          'PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}',
          { ...place, comment_id: known, body },
          commentSchema,
        )
  return { status: 'sent', detail: html_url }
}

/** GitHub lists those that have the commit, whatever became of them. */
async function openPullRequest(
  call: GithubCall,
  place: GithubRepository,
  { report }: Notice,
): Promise<number | undefined> {
  const newest = report.commits.at(-1)
  if (newest === undefined) return undefined
  const parameters = { ...place, commit_sha: newest.sha, per_page: PER_PAGE }
  const pulls = await call('GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls', parameters, pullsSchema)
  return pulls.find(({ state }) => state === 'open')?.number
}

/** Anyone may write the marker into a comment of theirs: one that a bot wrote is taken before. */
async function ownComment(
  call: GithubCall,
  issue: GithubRepository & { issue_number: number },
  marker: string,
): Promise<number | undefined> {
  let other: number | undefined
  for (let page = 1; page <= MOST_PAGES; page++) {
    const parameters = { ...issue, per_page: PER_PAGE, page }
    const route = 'GET /repos/{owner}/{repo}/issues/{issue_number}/comments'
    const comments = await call(route, parameters, commentsSchema)
    const marked = comments.filter(({ body }) => body?.startsWith(marker) === true)
    const bots = marked.find(({ user }) => user?.type === 'Bot')
    if (bots !== undefined) return bots.id
    other ??= marked[0]?.id
    if (comments.length < PER_PAGE) return other
  }
  return other
}

async function bodyOf({ report, link }: Notice): Promise<string> {
  const text = await withinBytes(documentPieces('markdown', report), COMMENT_BYTES)
  return link === undefined ? text : `${text}\n[Open the suite](${encodeURI(link)})\n`
}
