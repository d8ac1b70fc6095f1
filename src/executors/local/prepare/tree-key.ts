import { createHash } from 'node:crypto'
import { realpath, stat } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import type { PrepareRequest } from '../../executor.ts'
import { hostEnvironment } from '../environment/run-environment.ts'

const RUNTIMES = ['python3', 'python', 'node', 'go', 'java', 'ruby', 'cargo', 'bash']

/** Where a program really lies and since when: changes when it is upgraded, and costs no process. */
async function runtimeStamp(name: string, path: string): Promise<string> {
  for (const folder of path.split(delimiter)) {
    const file = await realpath(join(folder, name)).catch(() => undefined)
    if (file !== undefined) return `${file}@${(await stat(file)).mtimeMs}`
  }
  return `${name} is absent`
}

/**
 * Name of the prepared tree: the same for the same commit, set-up, environment and runtimes. Lock files and
 * manifests enter through the commit.
 */
export async function treeKey(request: PrepareRequest, workerEnv: NodeJS.ProcessEnv): Promise<string> {
  return digest([1, request.sha, request.setup, request.workdir, ...(await surroundings(request, workerEnv))])
}

/** The same for all commits of a repository whose set-ups see the same environment and runtimes. */
export async function cachesKey(request: PrepareRequest, workerEnv: NodeJS.ProcessEnv): Promise<string> {
  return digest(['caches', ...(await surroundings(request, workerEnv))])
}

async function surroundings(
  { mirrorPath, env, secretEnv, isolation }: PrepareRequest,
  workerEnv: NodeJS.ProcessEnv,
): Promise<unknown[]> {
  const host = hostEnvironment(workerEnv)
  const runtimes = await Promise.all(RUNTIMES.map((name) => runtimeStamp(name, host.PATH ?? '')))
  const variables = [sorted(env), secretEnv.toSorted(), sorted(host)]
  return [mirrorPath, isolation, ...variables, runtimes, process.getuid?.(), process.arch]
}

const digest = (parts: unknown[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16)

const sorted = (env: Record<string, string>): [string, string][] =>
  Object.entries(env).toSorted(([a], [b]) => (a < b ? -1 : 1))
