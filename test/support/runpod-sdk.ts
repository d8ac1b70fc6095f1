import { access, mkdir, rename, rm } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { execa } from 'execa'

const VERSION = '1.12.0'
const CLIENT = resolve('test/support/runpod-client.py')

/** Installing it with all that it needs takes a minute where two cores are free. */
export const INSTALL_TIMEOUT_MS = 600_000

/** The python of a virtual environment with the public RunPod SDK, kept in the cache for the next time. */
export async function installRunpodSdk(): Promise<string> {
  const cache = process.env.COMMIT_SUITE_CACHE ?? join(homedir(), '.cache', 'commit-suite')
  const { stdout } = await execa('python3', ['-c', 'import sys; print("%d.%d" % sys.version_info[:2])'])
  const folder = join(cache, `runpod-sdk-${VERSION}-python${stdout}`)
  const python = join(folder, 'bin', 'python')
  if (await isThere(python)) return python
  const making = `${folder}.${process.pid}`
  await mkdir(cache, { recursive: true })
  try {
    await execa('python3', ['-m', 'venv', making])
    const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', `runpod==${VERSION}`]
    await execa(join(making, 'bin', 'python'), install)
    // Whoever was first has made the same.
    await rename(making, folder).catch(async (error: unknown) => {
      if (!(await isThere(python))) throw error
    })
  } finally {
    await rm(making, { recursive: true, force: true })
  }
  return python
}

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )

export interface SdkReply {
  // Whatever the SDK returns.
  answer?: unknown
  error?: string
  body?: unknown
}

/** A caller of one endpoint by the SDK, each call in a process of its own. */
export const sdkClient =
  (python: string, { url, key, endpoint = 'flaky' }: { url: string; key: string; endpoint?: string }) =>
  async (action: string, argument?: string | object): Promise<SdkReply> => {
    const given = argument === undefined ? [] : [typeof argument === 'string' ? argument : JSON.stringify(argument)]
    const { stdout } = await execa(python, [CLIENT, `${url}/v2`, key, endpoint, action, ...given])
    return JSON.parse(stdout)
  }
