import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import type {
  OutputChunk,
  Preparation,
  PrepareRequest,
  RunCompletion,
  RunContext,
  RunRequest,
} from '../../../src/executors/executor.ts'
import {
  createLocalExecutor,
  type LocalExecutor,
  type LocalExecutorOptions,
} from '../../../src/executors/local/executor.ts'
import { RunnerClient } from '../../../src/executors/local/runner/client.ts'
import { loadTemplate } from '../../../src/frameworks/templates.ts'

const execute = promisify(execFile)

export interface Fixture {
  stateDir: string
  mirrorPath: string
  sha: string
  executor: LocalExecutor
  remove(): Promise<void>
}

async function makeMirror(folder: string, files: Record<string, string>): Promise<{ mirrorPath: string; sha: string }> {
  const source = join(folder, 'source')
  const git = (...args: string[]) =>
    execute('git', ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', ...args], { cwd: source })
  await mkdir(source, { recursive: true })
  await git('init', '--quiet')
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(source, name)), { recursive: true })
    await writeFile(join(source, name), text)
  }
  await git('add', '-A')
  await git('commit', '--quiet', '-m', 'First')
  await git('tag', 'v1.0')
  const mirrorPath = join(folder, 'mirror.git')
  await git('clone', '--quiet', '--mirror', source, mirrorPath)
  return { mirrorPath, sha: (await git('rev-parse', 'HEAD')).stdout.trim() }
}

export async function makeFixture(
  options: Partial<LocalExecutorOptions> = {},
  files: Record<string, string> = { 'folder/file.txt': 'original\n' },
): Promise<Fixture> {
  const folder = await mkdtemp(join(tmpdir(), 'cs-executor-'))
  const stateDir = join(folder, 'state')
  const executor = createLocalExecutor({ stateDir, runnerIdleMs: 1_000, ...options })
  return {
    stateDir,
    ...(await makeMirror(folder, files)),
    executor,
    async remove() {
      await executor.close()
      await leaveNothing(stateDir)
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Ends runs and runner and removes the control groups, which do not lie in the state directory. */
async function leaveNothing(stateDir: string): Promise<void> {
  const cleaner = createLocalExecutor({ stateDir, runnerIdleMs: 1_000 })
  await cleaner.endUnownedRuns(() => false)
  await cleaner.collectGarbage(0)
  await cleaner.close()
  const client = new RunnerClient(stateDir, 1_000)
  await client.shutdown()
  await client.close()
}

const TEMPLATE = await loadTemplate('generic')

export const prepareRequest = (fixture: Fixture, changes: Partial<PrepareRequest> = {}): PrepareRequest => ({
  suite: 'suite-a',
  sha: fixture.sha,
  template: TEMPLATE,
  mirrorPath: fixture.mirrorPath,
  setup: [],
  workdir: '.',
  env: {},
  secretEnv: [],
  isolation: 'process',
  limits: {},
  parallelism: 2,
  timeoutMs: 30_000,
  ...changes,
})

export async function prepared(fixture: Fixture, changes: Partial<PrepareRequest> = {}): Promise<string> {
  const preparation = await fixture.executor.prepare(prepareRequest(fixture, changes), contextOf())
  return treeKeyOf(preparation)
}

export function treeKeyOf(preparation: Preparation): string {
  if (preparation.ok) return preparation.treeKey
  throw new Error(`the preparation failed: ${JSON.stringify(preparation)}`)
}

type RunChanges = Partial<Omit<RunRequest, 'key'>> & { attempt?: number; suite?: string }

export function runRequest(fixture: Fixture, treeKey: string, shell: string, changes: RunChanges = {}): RunRequest {
  const { attempt = 0, suite = 'suite-a', ...rest } = changes
  return {
    key: { suite, sha: fixture.sha, attempt, generation: 0 },
    try: 1,
    template: TEMPLATE,
    treeKey,
    command: { shell },
    workdir: '.',
    env: {},
    secretEnv: [],
    isolation: 'process',
    limits: {},
    timeoutMs: 30_000,
    graceMs: 500,
    outputCapBytes: 10 * 1024 * 1024,
    reports: [],
    ...rest,
  }
}

/** A context that gathers the chunks it gets. */
export function contextOf(signal: AbortSignal = new AbortController().signal): RunContext & { chunks: OutputChunk[] } {
  const chunks: OutputChunk[] = []
  return {
    signal,
    chunks,
    heartbeat: () => undefined,
    onStarted: async () => undefined,
    onOutput: async (chunk) => void chunks.push({ ...chunk, bytes: Uint8Array.from(chunk.bytes) }),
  }
}

export async function runShell(
  fixture: Fixture,
  treeKey: string,
  shell: string,
  changes: RunChanges = {},
): Promise<RunCompletion> {
  return fixture.executor.run(runRequest(fixture, treeKey, shell, changes), contextOf())
}

export const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8')

/** Waits for a condition; fails with its description. */
export async function until(description: string, holds: () => boolean | Promise<boolean>, withinMs = 15_000) {
  const deadline = Date.now() + withinMs
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`not within ${withinMs} ms: ${description}`)
    await delay(20)
  }
}

/** Living processes (zombies excepted) that have the text among their arguments. */
export async function processesWith(text: string): Promise<number[]> {
  const entries = (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry))
  const found = await Promise.all(
    entries.map(async (entry) => {
      const words = await readFile(`/proc/${entry}/cmdline`, 'utf8').catch(() => '')
      return words.split('\0').includes(text)
    }),
  )
  return entries.filter((_, index) => found[index]).map(Number)
}
