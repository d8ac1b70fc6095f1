import { CommitSuiteError } from '../contract/index.ts'
import { gitEnvironment } from './git-environment.ts'
import { runGit } from './run-git.ts'

/** The first that takes settings from GIT_CONFIG_COUNT: an older one would leave hooks and filters on. */
export const OLDEST_GIT = '2.31'

let checked: Promise<void> | undefined

/** Throws `not_supported` where git is missing or heeds our settings no better than not at all. Asks git once. */
export function requireGit(): Promise<void> {
  checked ??= check().catch((error: unknown) => {
    checked = undefined
    throw error
  })
  return checked
}

async function check(): Promise<void> {
  const { stdout } = await runGit(['--version'], { env: gitEnvironment(), cwd: '/' })
  const [, version = '', major = '', minor = ''] = /git version ((\d+)\.(\d+)\S*)/.exec(stdout.toString('utf8')) ?? []
  const [oldestMajor = 0, oldestMinor = 0] = OLDEST_GIT.split('.').map(Number)
  const isOld = Number(major) < oldestMajor || (Number(major) === oldestMajor && Number(minor) < oldestMinor)
  // A git that does not say its version in the usual way is somebody's own build.
  if (version === '' || !isOld) return
  const message = `git ${version} does not heed the settings that keep repositories from running programs`
  throw new CommitSuiteError('not_supported', `${message}: install git ${OLDEST_GIT} or newer.`)
}
