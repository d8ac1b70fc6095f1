import { type CommitSuiteError, invalidInput } from '../contract/index.ts'
import { fetchPromisor } from './fetch-promisor.ts'
import { gitEnvironment } from './git-environment.ts'
import { type FetchContext, gitFetch } from './git-fetch.ts'
import { isShallow, SOURCE_HEAD } from './mirror-repository.ts'
import { redactRepository } from './redact.ts'
import { runGit } from './run-git.ts'
import { readMirror } from './simple-git.ts'

export type FetchOutcome = { ok: true } | { ok: false; stderr: string }

/** Of a local repository everything but what would rewrite history or collide with our own refs. */
const LOCAL_REFSPECS = ['+refs/*:refs/*', '^refs/replace/*', '^refs/commit-suite/*']
/** Of a remote its branches, under the names a clone gives them as well, and its tags. */
const REMOTE_REFSPECS = [
  '+refs/heads/*:refs/heads/*',
  '+refs/heads/*:refs/remotes/origin/*',
  '+refs/tags/*:refs/tags/*',
]
const NO_HEAD = /couldn't find remote ref HEAD/

/** Fetches all refs and HEAD into `target`; throws `repo_empty` where the source has no commit. */
export async function fetchInto(context: FetchContext, target: string): Promise<FetchOutcome> {
  const refspecs = context.source === undefined ? REMOTE_REFSPECS : LOCAL_REFSPECS
  if (context.source?.promisorUrl !== undefined) await fetchPromisor(context, target, context.source.promisorUrl)
  let result = await gitFetch(
    context,
    target,
    ['--prune', ...(await shallowFlags(context, target))],
    [`+HEAD:${SOURCE_HEAD}`, ...refspecs],
  )
  if (result.exitCode !== 0 && NO_HEAD.test(result.stderr)) {
    // HEAD names a branch without commits; other branches may have some.
    await runGit(['--git-dir', target, 'update-ref', '-d', SOURCE_HEAD], { env: gitEnvironment(), cwd: '/' })
    result = await gitFetch(context, target, ['--prune', ...(await shallowFlags(context, target))], refspecs)
    if (result.exitCode === 0 && (await isEmpty(target))) throw emptyRepository(context.from)
  }
  return result.exitCode === 0 ? { ok: true } : { ok: false, stderr: result.stderr }
}

/** A mirror of a shallow clone is shallow, and grows when its source was deepened meanwhile. */
async function shallowFlags(context: FetchContext, target: string): Promise<string[]> {
  if (context.source === undefined) return []
  return (await isShallow(target)) ? ['--update-shallow', '--unshallow'] : ['--update-shallow']
}

async function isEmpty(target: string): Promise<boolean> {
  return (await readMirror({ path: target }, ['for-each-ref', '--count=1'])) === ''
}

function emptyRepository(from: string): CommitSuiteError {
  return invalidInput('repo', redactRepository(from), 'has no commits yet', 'Make a commit first.', 'repo_empty')
}
