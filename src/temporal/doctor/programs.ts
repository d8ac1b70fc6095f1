import { OLDEST_GIT } from '../../git/required-git.ts'
import { runQuietly } from '../../process/run-quietly.ts'
import { findOnPath } from '../server-binary/on-path.ts'
import { type Check, failed, isAtLeast, ok, warning } from './check.ts'

/** MAINTENANCE: `engines` of package.json. */
const OLDEST_NODE = '22.19'
/** The first that takes `safe.directory` from the environment; with an older one, other users' repositories fail. */
const WANTED_GIT = '2.38'
const TIMEOUT_MS = 10_000

export function checkNode(version = process.versions.node): Check {
  return isAtLeast(version, OLDEST_NODE)
    ? ok('node', version)
    : failed('node', version, `Use Node ${OLDEST_NODE} or newer.`)
}

export async function checkGit(): Promise<Check> {
  const { code, output } = await runQuietly('git', ['--version'], { timeoutMs: TIMEOUT_MS })
  const version = output.match(/git version (\d+(?:\.\d+)+)/)?.[1]
  if (code !== 0 || version === undefined) return failed('git', 'not found', `Install git ${WANTED_GIT} or newer.`)
  return judgeGit(version)
}

export function judgeGit(version: string): Check {
  const remedy = `Install git ${WANTED_GIT} or newer.`
  if (isAtLeast(version, WANTED_GIT)) return ok('git', version)
  if (isAtLeast(version, OLDEST_GIT)) return warning('git', `${version} cannot read other users' repositories`, remedy)
  return failed('git', `${version} does not heed the settings that keep repositories from running programs`, remedy)
}

export async function checkBash(): Promise<Check> {
  const path = await findOnPath('bash')
  if (path !== undefined) return ok('bash', path)
  return warning('bash', 'not found; commands run with sh', 'Install bash if commands use its syntax.')
}

/** What projects under test may need; none of it is ours to demand. */
export async function checkLanguage(program: string, args: string[]): Promise<Check> {
  const path = await findOnPath(program)
  if (path === undefined) return ok(program, 'not found; only projects that use it need it')
  const { output } = await runQuietly(path, args, { timeoutMs: TIMEOUT_MS })
  return ok(program, `${output.split('\n')[0] ?? ''} (${path})`)
}

const ISOLATION_PROGRAMS = ['unshare', 'setpriv', 'mount']

export async function checkIsolationPrograms(): Promise<Check> {
  const found = await Promise.all(ISOLATION_PROGRAMS.map((program) => findOnPath(program)))
  const missing = ISOLATION_PROGRAMS.filter((_, index) => found[index] === undefined)
  if (missing.length === 0) return ok('isolation programs', found.join(', '))
  return warning('isolation programs', `not found: ${missing.join(', ')}`, 'Install util-linux and mount.')
}
