import { execFile } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { CommitSuiteError } from '../contract/index.ts'

const CHECKOUT_WITHIN_MS = 900_000
const OUTPUT_BYTES = 65_536

/** Nothing of the user's or the system's configuration; no hooks; only the local mirror can be read from. */
const SAFE = [
  ...['-c', 'core.hooksPath=/dev/null', '-c', 'protocol.allow=never', '-c', 'protocol.file.allow=always'],
  ...['-c', 'safe.directory=*', '-c', 'submodule.recurse=false', '-c', 'core.fsmonitor=false', '-c', 'gc.auto=0'],
  ...['-c', 'init.defaultBranch=commit-suite', '-c', 'advice.detachedHead=false'],
]
const UPLOAD_PACK =
  'git -c safe.directory=* -c uploadpack.allowAnySHA1InWant=true -c core.hooksPath=/dev/null upload-pack'

const gitEnvironment = (): Record<string, string> => ({
  PATH: process.env.PATH ?? '/usr/bin:/bin',
  LC_ALL: 'C.UTF-8',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_TERMINAL_PROMPT: '0',
  GIT_LFS_SKIP_SMUDGE: '1',
  GIT_NO_LAZY_FETCH: '1',
})

interface GitEnd {
  exitCode: number
  output: string
}

function git(args: string[], signal: AbortSignal): Promise<GitEnd> {
  const options = { env: gitEnvironment(), signal, timeout: CHECKOUT_WITHIN_MS, maxBuffer: 64 * 1024 * 1024 }
  return new Promise((resolve, reject) => {
    execFile('git', [...SAFE, ...args], options, (error, stdout, stderr) => {
      if (signal.aborted) return reject(signal.reason)
      const exitCode = error === null ? 0 : typeof error.code === 'number' ? error.code : 128
      resolve({
        exitCode,
        output: `${stdout}${stderr}${error === null ? '' : `${error.message}\n`}`.slice(-OUTPUT_BYTES),
      })
    })
  })
}

export type Checkout = { ok: true } | { ok: false; command: string; exitCode: number; output: string }

/**
 * Puts the commit with its whole history and tags into `tree`, HEAD detached. Objects are copied, never shared:
 * the tree stays valid when the mirror is repacked, and works where the mirror cannot be seen.
 * Throws `environment_lost` when the mirror cannot be read.
 */
export async function checkOut(mirrorPath: string, sha: string, tree: string, signal: AbortSignal): Promise<Checkout> {
  await mkdir(tree, { recursive: true })
  const format = sha.length === 64 ? 'sha256' : 'sha1'
  await must(['init', '--quiet', '--template=', `--object-format=${format}`, '--', tree], signal)
  await must(
    // The refspec has a destination so that tags of the history come along; `describe` needs them.
    ['-C', tree, 'fetch', '--quiet', '--update-shallow', '--no-recurse-submodules', '--no-write-fetch-head'].concat(
      `--upload-pack=${UPLOAD_PACK}`,
      ['--end-of-options', mirrorPath, `+${sha}:refs/commit-suite/head`],
    ),
    signal,
  )
  const command = `git checkout --detach ${sha}`
  const checkout = await git(['-C', tree, 'checkout', '--quiet', '--detach', '--force', sha], signal)
  if (checkout.exitCode !== 0) return { ok: false, command, ...checkout }
  return { ok: true }
}

async function must(args: string[], signal: AbortSignal): Promise<void> {
  const { exitCode, output } = await git(args, signal)
  if (exitCode === 0) return
  throw new CommitSuiteError('environment_lost', `git ${args.includes('fetch') ? 'fetch' : args[0]} failed: ${output}`)
}
