import { CommitSuiteError } from '../contract/index.ts'
import { gitEnvironment } from './git-environment.ts'
import { runGit } from './run-git.ts'

/** The first that takes settings from GIT_CONFIG_COUNT: an older one would leave hooks and filters on. */
export const OLDEST_GIT = '2.31'

/** The first that connects to an address it is given (`http.curloptResolve`) instead of resolving the name itself. */
const OLDEST_PINNING_GIT = '2.37'

let asked: Promise<string> | undefined

/** Throws `not_supported` where git is missing or heeds our settings no better than not at all. Asks git once. */
export async function requireGit(): Promise<void> {
  const version = await gitVersion()
  // A git that does not say its version in the usual way is somebody's own build.
  if (version === '' || isAtLeast(version, OLDEST_GIT)) return
  throw tooOld(
    `git ${version} does not heed the settings that keep repositories from running programs`,
    `install git ${OLDEST_GIT} or newer`,
  )
}

/** Throws `not_supported` where git would resolve the host of a repository anew, whatever address was checked. */
export async function requirePinningGit(): Promise<void> {
  const version = await gitVersion()
  if (version !== '' && isAtLeast(version, OLDEST_PINNING_GIT)) return
  throw tooOld(
    `git ${version || 'of an unknown version'} cannot be held to the address that was checked`,
    `for requests from the network install git ${OLDEST_PINNING_GIT} or newer`,
  )
}

function tooOld(what: string, remedy: string): CommitSuiteError {
  // Another git may be there by the next time.
  asked = undefined
  return new CommitSuiteError('not_supported', `${what}: ${remedy}.`)
}

/** `2.39.5`; empty where git does not say. */
function gitVersion(): Promise<string> {
  asked ??= ask().catch((error: unknown) => {
    asked = undefined
    throw error
  })
  return asked
}

async function ask(): Promise<string> {
  const { stdout } = await runGit(['--version'], { env: gitEnvironment(), cwd: '/' })
  return /git version (\d+\.\d+\S*)/.exec(stdout.toString('utf8'))?.[1] ?? ''
}

function isAtLeast(version: string, oldest: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const [oldestMajor = 0, oldestMinor = 0] = oldest.split('.').map(Number)
  return major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)
}
