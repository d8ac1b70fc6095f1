import { randomBytes } from 'node:crypto'
import { existsSync, realpathSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { resolve } from 'node:path'
import { invalidInput, type SuiteRequest, suiteRequestSchema } from '../../contract/index.ts'
import { layer } from './layers.ts'
import { optionError } from './option-rules.ts'
import { type RawRequest, requestOfFlags, type SuiteFlags } from './parse-flags.ts'

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567'

/** A fresh id: `prefix` and as many random base32 characters as asked for. */
export function randomId(prefix: string, characters: number): string {
  return prefix + Array.from(randomBytes(characters), (byte) => BASE32[byte & 31]).join('')
}

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
function resolveRepo(repo: string, cwd: string): string {
  const expanded = repo === '~' || repo.startsWith('~/') ? homedir() + repo.slice(1) : repo
  if (!isLocalPath(resolvedIfThere(expanded, cwd))) return checkUrl(expanded)
  const path = resolve(cwd, expanded)
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
  if (!isFolder) throw invalidInput('--repo', repo, 'there is no such directory', undefined, 'repo_not_found')
  return realpathSync(path)
}

const resolvedIfThere = (repo: string, cwd: string): string => {
  const path = resolve(cwd, repo)
  return existsSync(path) ? path : repo
}

function checkSeeds(seeds: number[], runs: number | undefined, seed: number | undefined): void {
  const seen = new Set<number>()
  for (const value of seeds) {
    if (seen.has(value)) throw invalidInput('--seeds', value, 'each seed may be given only once')
    seen.add(value)
  }
  if (runs !== undefined && runs !== seeds.length) {
    throw invalidInput('--runs', runs, `--seeds gives ${seeds.length} runs`, 'Leave --runs out.')
  }
  if (seed !== undefined) throw invalidInput('--seed', seed, '--seeds gives the seeds already', 'Leave --seed out.')
}

export type NamedRequest = SuiteRequest & { id: string }

/**
 * Builds the request of a suite from flags and the defaults of files; judges all that can be judged without git.
 * Throws `invalid_input` or `repo_not_found`; the message names the option.
 */
export function buildRequest(flags: SuiteFlags, defaults: RawRequest, cwd: string): NamedRequest {
  const given = requestOfFlags(flags)
  const raw = layer({ repo: '.', ...defaults }, given)
  const typed = (field: string): unknown =>
    Object.entries(flags).find(([name]) => `${name}Ms` === field || name === field)?.[1]
  const parsed = suiteRequestSchema.safeParse(raw)
  if (!parsed.success) throw optionError(parsed.error, raw, typed)
  const { seeds, runs, seed, commits } = parsed.data
  if (seeds !== undefined) checkSeeds(seeds, runs, seed)
  const option = commits.find((ref) => ref.startsWith('-'))
  if (option !== undefined) throw invalidInput('--commits', option, 'a ref does not begin with a dash')
  return { ...parsed.data, id: parsed.data.id ?? randomId('s-', 10), repo: resolveRepo(parsed.data.repo, cwd) }
}
