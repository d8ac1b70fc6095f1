import { type GitSetting, gitEnvironment } from './git-environment.ts'
import { runGit } from './run-git.ts'

const PASSED_ON = /^credential\.(?:.*\.)?(?:helper|username|usehttppath)$/

/**
 * The credential helpers of this machine (`credential.helper`, also per URL) from the system's and the user's own
 * configuration: the only part of either that reaches our git, because private https repositories need it.
 * A project's configuration is never asked.
 */
export async function credentialSettings(signal?: AbortSignal): Promise<GitSetting[]> {
  const scopes = await Promise.all([readScope('--system', signal), readScope('--global', signal)])
  return scopes.flat()
}

async function readScope(scope: '--system' | '--global', signal: AbortSignal | undefined): Promise<GitSetting[]> {
  const { GIT_CONFIG_GLOBAL: _, GIT_CONFIG_NOSYSTEM: __, ...env } = gitEnvironment()
  const args = ['config', scope, '--includes', '--null', '--get-regexp', '^credential\\.']
  const { exitCode, stdout } = await runGit(args, { env, cwd: '/', ...(signal ? { signal } : {}) })
  if (exitCode !== 0) return []
  return stdout
    .toString('utf8')
    .split('\0')
    .map((entry): GitSetting => {
      const end = entry.indexOf('\n')
      return end < 0 ? [entry, ''] : [entry.slice(0, end), entry.slice(end + 1)]
    })
    .filter(([key]) => PASSED_ON.test(key))
}
