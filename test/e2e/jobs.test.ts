import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { TASK_QUEUE } from '../../src/contract/index.ts'
import type { Store } from '../../src/store/store.ts'
import { findServerBinary } from '../../src/temporal/server-binary.ts'
import { Home } from '../support/home.ts'
import { until } from '../support/until.ts'

/** By branch: the file that says how the repository is tested; null where it has none. */
const FILES: Record<string, string | null> = {
  main: 'runs: 4\nparallelism: 3\ntest_command: sh -c "exit $((ATTEMPT % 2))"\nrandom_seed_range: {min: 50, max: 53}\n',
  bare: null,
  wrong: 'runs: 5000\n',
  ignored:
    'runs: 4\ntest_command: python3 -m pytest -q\nignore_patterns: ["tests/test_x.py::test_flaky"]\n' +
    'severity_thresholds: {low: 0.1}\n',
  slow: 'runs: 2\ntest_command: sleep 600\ntimeout: 3\n',
}

/** Fails in odd attempts by what is ignored, in attempt 3 by another test too. */
const PYTEST_TESTS = `import os
attempt = int(os.environ["ATTEMPT"])
def test_flaky(): assert attempt % 2 == 0
def test_other(): assert attempt != 3
`

let home: Home
let repo: string
let store: Store
let serve: ReturnType<Home['start']>
let temporal: (...args: string[]) => Promise<unknown>

beforeAll(async () => {
  home = await Home.make()
  repo = await makeRepository()
  store = await home.store()
  serve = home.start('serve', '--port', '0')
  const { temporalAddress } = await home.readyStack()
  const { path } = await findServerBinary(home.config)
  temporal = (...args) => execa(path, [...args, '--address', temporalAddress])
})
afterAll(async () => {
  serve?.kill('SIGTERM')
  await serve
  await store?.close()
  await home?.dispose()
  await rm(repo, { recursive: true, force: true })
})

async function makeRepository(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'cs-jobs-'))
  const identity = ['-c', 'user.name=Test', '-c', 'user.email=test@example.org', '-c', 'commit.gpgSign=false']
  const git = (...args: string[]) => execa('git', [...identity, ...args], { cwd: path })
  await git('init', '--quiet', '--initial-branch=main')
  for (const [branch, text] of Object.entries(FILES)) {
    await git('checkout', '--quiet', '--orphan', branch)
    await git('rm', '-r', '--quiet', '--force', '--ignore-unmatch', '.')
    if (text !== null) await writeFile(join(path, '.flaky-detector.yml'), text)
    if (branch === 'ignored') {
      await mkdir(join(path, 'tests'))
      await writeFile(join(path, 'tests', 'test_x.py'), PYTEST_TESTS)
    }
    await git('add', '.')
    await git('commit', '--quiet', '--allow-empty', '--message', branch)
  }
  return path
}

/** Starts a job as a gateway does, but for the sandbox, and waits for its end. */
async function job(id: string, commit: string, input: object = {}) {
  const request = { repo, commits: [commit], job: { endpoint: 'flaky' }, ...input }
  await temporal(
    ...['workflow', 'start', '--type', 'CommitSuite', '--task-queue', TASK_QUEUE],
    ...['--workflow-id', `suite/${id}`, '--input', JSON.stringify(request)],
  )
  // Of some the set-up installs what their tests need.
  await until(`${id} has ended`, async () => (await store.suites.get(id))?.finishedAt != null, 240_000)
  const suite = await store.suites.get(id)
  if (suite === undefined) throw new Error(`${id} is gone`)
  const results = await store.results.list({ suite: id, limit: 100 })
  return { suite, results }
}

describe('a job', () => {
  it('is run as the file of its commit says, with seeds from its range', async () => {
    const { suite, results } = await job('by-file', 'main')
    expect(suite).toMatchObject({ status: 'completed', spec: { runs: 4, parallelism: 3 } })
    expect(results.map(({ outcome }) => outcome)).toEqual(['passed', 'failed', 'passed', 'failed'])
    expect(results.map(({ seed }) => seed).toSorted()).toEqual([50, 51, 52, 53])
    const [started] = (await store.events.read('by-file', 0, 10)).filter(({ type }) => type === 'suite.started')
    expect(started).toMatchObject({ data: { runs: 4, parallelism: 3 } })
  })

  it('is run as its request says where the file says otherwise', async () => {
    const { results } = await job('by-request', 'main', { runs: 2, command: { argv: ['true'] } })
    expect(results.map(({ outcome }) => outcome)).toEqual(['passed', 'passed'])
  })

  it.each([
    [
      'without-command',
      'bare',
      /^invalid_input: test_command: null – is neither in the request .* nor in \.flaky-detector\.yml/,
    ],
    [
      'bad-file',
      'wrong',
      /^config_invalid: \.flaky-detector\.yml:1: runs: 5000 – must be an integer from 1 to 1000\.$/,
    ],
    ['no-commit', 'nowhere', /^ref_not_found: .*nowhere/],
  ])('%s stays on record as failed, with the reason', async (id, commit, failure) => {
    const { suite, results } = await job(id, commit)
    expect(suite.status).toBe('failed')
    expect(suite.failure).toMatch(failure)
    expect(results).toEqual([])
  })

  it('does not count tests that its file ignores', async () => {
    const { suite, results } = await job('ignoring', 'ignored')
    expect(suite).toMatchObject({ status: 'completed', failure: null })
    expect(results.map(({ outcome, reason, exitCode }) => [outcome, reason, exitCode])).toEqual([
      ['passed', null, 0],
      ['passed', 'only_ignored', 1],
      ['passed', null, 0],
      ['failed', null, 1],
    ])
    for (const { artifacts } of results) {
      expect(artifacts.map(({ name }) => name)).toContain('reports/commit-suite-junit.xml')
    }
    expect(await store.suites.verdict('ignoring', results[0]?.sha ?? '')).toMatchObject({
      verdict: 'flaky',
      failureRate: 0.25,
    })
  })

  it('is ended by its deadline', async () => {
    const { suite, results } = await job('late', 'slow')
    expect(suite).toMatchObject({ status: 'failed', failure: expect.stringMatching(/^job_timed_out: /) })
    expect(results.map(({ outcome, reason }) => [outcome, reason])).toEqual([
      ['cancelled', 'job_timed_out'],
      ['cancelled', 'job_timed_out'],
    ])
  })
})
