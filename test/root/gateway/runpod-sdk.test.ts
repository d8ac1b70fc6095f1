import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { Home } from '../../support/home.ts'
import { INSTALL_TIMEOUT_MS, installRunpodSdk, sdkClient } from '../../support/runpod-sdk.ts'
import { until } from '../../support/until.ts'

const CHECK = 'echo "attempt $ATTEMPT seed $TEST_SEED"; test $((ATTEMPT % 3)) -ne 0\n'
const FILE = 'runs: 6\nparallelism: 2\ntest_command: sh check.sh\nunknown_key: 1\n'

const rowSchema = z.object({
  attempt: z.int(),
  exit_code: z.int().nullable(),
  stdout: z.string(),
  stderr: z.string(),
  passed: z.boolean(),
  seed: z.int(),
})
const outputSchema = z.object({
  total_runs: z.int(),
  parallelism: z.int(),
  failures: z.int(),
  repro_rate: z.number(),
  framework: z.string().nullable(),
  warnings: z.array(z.string()).optional(),
  results: z.array(rowSchema),
})

let python: string
let home: Home
let repo: string
let key: string
let server: ReturnType<Home['start']>
let url: string

beforeAll(async () => {
  python = await installRunpodSdk()
  repo = await makeRepository()
  home = await Home.make({
    COMMIT_SUITE_SLOTS: '2',
    COMMIT_SUITE_ALLOWED_REPOS: `file://${repo}`,
    COMMIT_SUITE_LOG_LEVEL: 'error',
  })
  key = (await home.cli('keys', 'create', 'ci', '--role', 'run')).stdout.trim()
  await serve()
}, INSTALL_TIMEOUT_MS)

afterAll(async () => {
  server?.kill('SIGTERM')
  await server
  await home?.dispose()
  await rm(repo, { recursive: true, force: true })
})

/** Two branches: what they test differs by their files only. */
async function makeRepository(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'cs-jobs-'))
  const identity = ['-c', 'user.name=Test', '-c', 'user.email=test@example.org', '-c', 'commit.gpgSign=false']
  const git = (...args: string[]) => execa('git', [...identity, ...args], { cwd: path })
  await git('init', '--quiet', '--initial-branch=main')
  await writeFile(join(path, 'check.sh'), CHECK)
  await writeFile(join(path, '.flaky-detector.yml'), FILE)
  await git('add', '.')
  await git('commit', '--quiet', '--message', 'checked')
  await git('checkout', '--quiet', '-b', 'slow')
  await writeFile(join(path, '.flaky-detector.yml'), 'test_command: sleep 600\ntimeout: 5\n')
  await git('commit', '--quiet', '--all', '--message', 'slow')
  await git('checkout', '--quiet', 'main')
  return path
}

async function serve(): Promise<void> {
  server = home.start('serve', '--port', '0', '--json')
  let printed = ''
  server.stdout?.on('data', (chunk: Buffer) => {
    printed += chunk.toString()
  })
  await until('the gateway is ready', () => printed.includes('\n'), 120_000)
  url = z.object({ url: z.string() }).parse(JSON.parse(printed.split('\n', 1)[0] ?? '')).url
}

const sdk = (endpoint = 'flaky') => sdkClient(python, { url, key, endpoint })
const answerOf = async (reply: Promise<{ answer?: unknown; error?: string }>): Promise<unknown> => {
  const { answer, error } = await reply
  if (error !== undefined) throw new Error(error)
  return answer
}
/** The status as curl gets it, without waiting for a Python. */
async function statusOf(id: string): Promise<{ status: string; error?: string | undefined }> {
  const response = await fetch(`${url}/v2/flaky/status/${id}`, { headers: { authorization: `Bearer ${key}` } })
  return z.object({ status: z.string(), error: z.string().optional() }).parse(await response.json())
}
const untilStatus = (id: string, wanted: string) =>
  until(`${id} is ${wanted}`, async () => (await statusOf(id)).status === wanted, 90_000)

async function run(input: object): Promise<string> {
  return z.string().parse(await answerOf(sdk()('run', { input: { repo, ...input } })))
}

/** Each call of the SDK is a Python that takes seconds to start where others work on the machine. */
describe('the public SDK', { timeout: 300_000 }, () => {
  let first: string

  it('runs a job as the repository’s file says and gets its output', async () => {
    first = await run({})
    const output = outputSchema.parse(await answerOf(sdk()('output', first)))
    expect(output).toMatchObject({ total_runs: 6, parallelism: 2, failures: 2, framework: null })
    expect(output.repro_rate).toBeCloseTo(1 / 3)
    expect(output.warnings).toEqual(['.flaky-detector.yml:4: "unknown_key" is not a known key.'])
    expect(output.results.map(({ attempt }) => attempt)).toEqual([0, 1, 2, 3, 4, 5])
    for (const { attempt, exit_code, stdout, passed, seed } of output.results) {
      expect(stdout).toBe(`attempt ${attempt} seed ${seed}\n`)
      expect({ attempt, passed, exit_code }).toEqual({
        attempt,
        passed: attempt % 3 !== 0,
        exit_code: attempt % 3 === 0 ? 1 : 0,
      })
    }
  })

  it('waits for a job with run_sync', async () => {
    const input = { repo, runs: 2, test_command: 'sh -c "exit 3"' }
    expect(await answerOf(sdk()('run_sync', { input }))).toMatchObject({
      total_runs: 2,
      failures: 2,
      repro_rate: 1,
      results: [{ exit_code: 3 }, { exit_code: 3 }],
    })
  })

  it('streams each row once', async () => {
    const id = await run({ runs: 4 })
    const rows = z.array(rowSchema).parse(await answerOf(sdk()('stream', id)))
    expect(rows.map(({ attempt }) => attempt).toSorted()).toEqual([0, 1, 2, 3])
    expect(await answerOf(sdk()('stream', id))).toEqual([])
    expect(await answerOf(sdk()('output', id))).toMatchObject({ total_runs: 4 })
  })

  it('cancels what runs and purges what waits', async () => {
    const running = await run({ test_command: 'sleep 600', runs: 2, parallelism: 2 })
    await using store = await opened()
    // Both: a slot that is still free would be taken by the job that is to wait.
    await until('both of its runs have begun', async () => {
      const events = await store.events.read(running, 0, 1000)
      return events.filter(({ type }) => type === 'run.started').length === 2
    })
    expect(await statusOf(running)).toMatchObject({ status: 'IN_PROGRESS' })
    const waiting = await run({ test_command: 'sleep 600', runs: 2 })
    expect(await answerOf(sdk()('status', waiting))).toBe('IN_QUEUE')
    expect(await answerOf(sdk()('health'))).toMatchObject({
      jobs: { inProgress: 1, inQueue: 1 },
      workers: { running: 1 },
    })
    expect(await answerOf(sdk()('purge_queue'))).toEqual({ removed: 1, status: 'completed' })
    expect(await answerOf(sdk()('status', waiting))).toBe('CANCELLED')
    expect(await answerOf(sdk()('status', running))).toBe('IN_PROGRESS')
    const cancelled = await fetch(`${url}/v2/flaky/cancel/${running}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    })
    expect(await cancelled.json()).toEqual({ id: running, status: 'CANCELLED' })
    expect(await answerOf(sdk()('cancel', running))).toEqual({ id: running, status: 'CANCELLED' })
    for (const id of [running, waiting]) {
      await until(`${id} has ended`, async () => (await store.suites.get(id))?.status === 'cancelled')
    }
  })

  it('works with asyncio', async () => {
    const input = { repo, test_command: 'sleep 600' }
    expect(await answerOf(sdk('other')('asyncio', input))).toMatchObject({
      status: expect.stringMatching(/^IN_/),
      cancel: { status: 'CANCELLED' },
      purge: { removed: 0, status: 'completed' },
      health: { jobs: { retried: 0 } },
    })
  })

  it('sees a job fail, with the reason, and one run out of time', async () => {
    const nowhere = await run({ commit: 'no-such-branch' })
    await untilStatus(nowhere, 'FAILED')
    expect((await statusOf(nowhere)).error).toMatch(/^ref_not_found: .*no-such-branch/)
    const late = await run({ commit: 'slow' })
    await untilStatus(late, 'TIMED_OUT')
    expect(await answerOf(sdk()('status', late))).toBe('TIMED_OUT')
  })

  it('tells its user what was wrong with a key or an input', async () => {
    const stranger = sdkClient(python, { url, key: 'wrong' })
    expect((await stranger('run', { input: { repo } })).error).toMatch(/401 Unauthorized/)
    expect((await sdk()('run', { input: { repo, runs: 5000 } })).body).toEqual({
      error: 'runs: 5000 – must be an integer from 1 to 1000.',
    })
    const elsewhere = await sdk()('run', { input: { repo: '/etc' } })
    expect(elsewhere.body).toEqual({ error: expect.stringMatching(/^repo: "\/etc"/) })
  })

  it('finds its jobs again after the gateway was killed', async () => {
    const id = await run({ test_command: 'sleep 5', runs: 2 })
    home.kill(server.pid)
    await server
    await serve()
    expect(await answerOf(sdk()('status', first))).toBe('COMPLETED')
    expect(await answerOf(sdk()('output', id))).toMatchObject({ total_runs: 2, failures: 0, repro_rate: 0 })
  })
})

async function opened() {
  const store = await home.store()
  return { ...store, [Symbol.asyncDispose]: () => store.close() }
}
