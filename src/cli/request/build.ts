import { existsSync, realpathSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { resolve } from 'node:path'
import {
  CommitSuiteError,
  invalidInput,
  parseSuiteRequest,
  type SuiteRequest,
  suiteRequestSchema,
} from '../../contract/index.ts'
import { freshId } from '../../requests/fresh-id.ts'
import { layer } from './layers.ts'
import { namedAsOption, optionError } from './option-rules.ts'
import { type RawRequest, requestOfFlags, type SuiteFlags } from './parse-flags.ts'

const URL_WITH_SCHEME = /^[a-z][a-z0-9+.-]*:\/\//i
/** `git@host:path`: a colon before the first slash, and more than one letter before it. */
const SCP_LIKE = /^[^/\s:]{2,}:(?!\/\/)/

/** Whether `--repo` names a place on this machine rather than a URL. */
export const isLocalPath = (repo: string): boolean =>
  !URL_WITH_SCHEME.test(repo) && (existsSync(repo) || !SCP_LIKE.test(repo))

function checkUrl(url: string): string {
  const userInfo = /^([a-z][a-z0-9+.-]*):\/\/([^/?#@]*)@/i.exec(url)
  if (userInfo === null) return url
  const [, scheme = '', user = ''] = userInfo
  const plainUser = !user.includes(':') && !/^https?$/i.test(scheme)
  if (plainUser) return url
  const masked = url.replace(`${user}@`, '***@')
  throw invalidInput(
    '--repo',
    masked,
    'a URL must not carry a password or token',
    'Use a git credential helper or SSH.',
  )
}

/** Absolute path of a local repository, or the URL; throws `repo_not_found` where no such folder is. */
export function resolveRepo(repo: string, cwd: string): string {
  const expanded = repo === '~' || repo.startsWith('~/') ? homedir() + repo.slice(1) : repo
  if (!isLocalPath(resolvedIfThere(expanded, cwd))) return checkUrl(expanded)
  const path = resolve(cwd, expanded)
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
  if (!isFolder) throw invalidInput('--repo', repo, 'there is no such directory', undefined, 'repo_not_found')
  return realpathSync(path)
}

/** A repository as suites have it on record, whether it is still there or not. */
export function repoAsRecorded(repo: string, cwd: string): string {
  const path = resolvedIfThere(repo, cwd)
  return isLocalPath(path) && existsSync(path) ? realpathSync(path) : repo
}

const resolvedIfThere = (repo: string, cwd: string): string => {
  const path = resolve(cwd, repo)
  return existsSync(path) ? path : repo
}

/** The rules that hold between options are the contract's; its complaints name fields. */
function checkTogether(raw: RawRequest): void {
  try {
    parseSuiteRequest(raw)
  } catch (error) {
    throw error instanceof CommitSuiteError ? namedAsOption(error) : error
  }
}

/** A context in a file of defaults says nothing of runs that need no cluster; a flag that does is a mistake. */
export function withoutIdleCluster(raw: RawRequest, { context, kubeconfig }: SuiteFlags): RawRequest {
  if (raw.executor === 'kubernetes' || context !== undefined || kubeconfig !== undefined) return raw
  const { cluster: _, ...rest } = raw
  return rest
}

export type NamedRequest = SuiteRequest & { id: string }

/**
 * Builds the request of a suite from flags and the defaults of files; judges all that can be judged without git.
 * Throws `invalid_input` or `repo_not_found`; the message names the option.
 */
export function buildRequest(flags: SuiteFlags, defaults: RawRequest, cwd: string): NamedRequest {
  const raw = withoutIdleCluster(layer({ repo: '.', ...defaults }, requestOfFlags(flags, cwd)), flags)
  const typed = (field: string): unknown =>
    Object.entries(flags).find(([name]) => `${name}Ms` === field || name === field)?.[1]
  const parsed = suiteRequestSchema.safeParse(raw)
  if (!parsed.success) throw optionError(parsed.error, raw, typed)
  checkTogether(raw)
  const option = parsed.data.commits.find((ref) => ref.startsWith('-'))
  if (option !== undefined) throw invalidInput('--commits', option, 'a ref does not begin with a dash')
  return { ...parsed.data, id: parsed.data.id ?? freshId('s-', 10), repo: resolveRepo(parsed.data.repo, cwd) }
}
