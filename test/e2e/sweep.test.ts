import { execa } from 'execa'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import {
  createdSweepSchema,
  type SweepDocument,
  sweepDocumentSchema,
  sweepSummarySchema,
} from '../../src/contract/http/sweeps.ts'
import type { Store } from '../../src/store/store.ts'
import { findServerBinary } from '../../src/temporal/server-binary.ts'
import { CHECK_COMMAND, gradedRepository } from '../support/graded-repository.ts'
import { Home } from '../support/home.ts'
import type { TestRepository } from '../support/repository.ts'
import { type Serving, startServing } from '../support/serving.ts'
import { until } from '../support/until.ts'

// A sweep's life: created while nothing runs, fired, a flake known, its fix proved; and the same calls through a gateway.

let home: Home
let repo: TestRepository
let store: Store
let served: Serving | undefined
beforeAll(async () => {
  home = await Home.make({ COMMIT_SUITE_SLOTS: '4', KUBECONFIG: '' })
  // Good, flaky, fixed; main stands at the flaky one until the test says otherwise.
  repo = await gradedRepository([{ rate: 0 }, { rate: 500 }, { rate: 0 }])
  await moveMain(1)
  store = await home.store()
})
afterAll(async () => {
  await served?.stop()
  await store.close()
  await home.dispose()
  await repo.remove()
})

const moveMain = async (commit: number) =>
  await execa('git', ['update-ref', 'refs/heads/main', repo.shas[commit] ?? ''], { cwd: repo.path })

async function shown(): Promise<SweepDocument> {
  const { stdout, stderr } = await home.cli('sweep', 'show', 'nightly', '--json')
  if (stdout === '') throw new Error(stderr)
  return sweepDocumentSchema.parse(JSON.parse(stdout))
}

/** The sweep after one more firing that has ended. */
async function fired(): Promise<SweepDocument> {
  const before = (await shown()).firings.length
  expect(await home.cli('sweep', 'trigger', 'nightly')).toMatchObject({ exitCode: 0 })
  let after = await shown()
  await until('the firing has ended', async () => {
    // It may not be on record yet.
    if ((await store.sweeps.countOpen()) > 0) return false
    after = await shown()
    return after.firings.length > before && after.firings.every(({ status }) => status !== 'running')
  })
  return after
}

const seedsOf = async (suite: string | null) => await store.suites.seeds(suite ?? '', 0, 1_000)

it('says that nothing runs which would fire it, and what to do', async () => {
  const times = ['--cron', '0 2 * * *', '--timezone', 'Europe/Berlin']
  const what = ['--repo', repo.path, '--no-setup', '--command', CHECK_COMMAND, '--budget-runs', '60']
  const create = ['sweep', 'create', '--name', 'nightly', ...times, ...what, '--max-flake-rate', '0.2', '--json']
  const { exitCode, stdout, stderr } = await home.cli(...create)
  expect(stderr).toContain('nothing runs that would fire it. Start commit-suite serve')
  expect(exitCode).toBe(0)
  expect(createdSweepSchema.parse(JSON.parse(stdout))).toMatchObject({
    ...{ name: 'nightly', timezone: 'Europe/Berlin', budget: { runs: 60, durationMs: null } },
    ...{ joined: false, lastSuite: null, nextRuns: { length: 5 } },
  })
  served = await startServing(home)
  const again = await home.cli(...create)
  expect(JSON.parse(again.stdout)).toMatchObject({ joined: true })
  expect(again.stderr).not.toContain('nothing runs')
  const { path } = await findServerBinary(home.config)
  const { temporalAddress } = await home.readyStack()
  const listed = async () => (await execa(path, ['schedule', 'list', '--address', temporalAddress])).stdout
  await until('temporal lists it', async () => (await listed()).includes('sweep/nightly'))
})

it('spends its budget at new commits first, with fresh seeds each time, and knows what flakes', async () => {
  const first = await fired()
  const [firing] = first.firings
  expect(firing).toMatchObject({ status: 'completed', suite: first.lastSuite, flaky: 1, fixed: 0, failure: null })
  expect(firing?.runs).toBeLessThanOrEqual(60)
  expect(firing?.spent[0]).toMatchObject({ sha: repo.shas[1], subject: 'commit 1', why: 'new commit' })
  expect(first.tests).toMatchObject([{ test: `(command) ${CHECK_COMMAND}`, state: 'flaky', lastFailed: repo.shas[1] }])
  const second = await fired()
  expect(second.firings).toHaveLength(2)
  expect(second.lastSuite).not.toBe(first.lastSuite)
  expect(second.firings[0]?.spent.map(({ why }) => why)).toContain('known flake')
  const [before, after] = [await seedsOf(first.lastSuite), await seedsOf(second.lastSuite)]
  expect(before.length).toBeGreaterThan(0)
  expect(after.filter((seed) => before.includes(seed))).toEqual([])
  // Its suites are like all others.
  const listed = await store.suites.list({ limit: 10 })
  expect(listed.map(({ id }) => id)).toEqual([second.lastSuite, first.lastSuite])
  expect((await store.suites.get(first.lastSuite ?? ''))?.spec).toMatchObject({ priority: 4, seed: null })
})

it('calls the flake fixed with proof only', async () => {
  await moveMain(2)
  const { firings, tests } = await fired()
  expect(firings[0]).toMatchObject({ flaky: 0, fixed: 1 })
  expect(firings[0]?.spent[0]).toMatchObject({ sha: repo.shas[2], why: 'proof' })
  const runs = firings[0]?.spent[0]?.runs
  expect(tests).toMatchObject([{ state: 'fixed', claim: `rate ≤ 20 % at 95 %, ${runs} new runs`, proofNeeded: 14 }])
  expect((await home.cli('sweep', 'show', 'nightly')).stdout).toContain(`rate ≤ 20 % at 95 %, ${runs} new runs`)
})

it('is looked at, paused with a note and deleted through a gateway too', async () => {
  const afar = await Home.make({ COMMIT_SUITE_URL: served?.url ?? '', HOME: home.config.stateDir })
  try {
    const paused = await afar.cli('sweep', 'pause', 'nightly', '--note', 'main is frozen')
    expect(paused).toMatchObject({ exitCode: 0, stdout: 'nightly paused' })
    const list = z.array(sweepSummarySchema).parse(JSON.parse((await afar.cli('sweep', 'list', '--json')).stdout))
    expect(list).toMatchObject([{ name: 'nightly', paused: true, note: 'main is frozen', nextRuns: [] }])
    expect((await afar.cli('sweep', 'resume', 'nightly')).stdout).toMatch(/^nightly resumed; next: 20/)
    const created = await afar.cli(
      ...['sweep', 'create', '--name', 'far', '--cron', '@daily', '--repo', 'https://example.org/a.git', '--json'],
    )
    expect(JSON.parse(created.stdout)).toMatchObject({ name: 'far', joined: false, workers: 1 })
    const refused = await afar.cli('sweep', 'create', '--name', 'b', '--cron', '@daily', '--repo', 'file:///srv/a.git')
    expect(refused).toMatchObject({ exitCode: 2, stdout: '' })
    expect(refused.stderr).toContain('--repo: "file:///srv/a.git"')
    expect(await afar.cli('sweep', 'delete', 'nightly')).toMatchObject({ exitCode: 0, stdout: 'nightly deleted' })
    expect(await afar.cli('sweep', 'show', 'nightly')).toMatchObject({ exitCode: 2, stdout: '' })
  } finally {
    await afar.dispose()
  }
})
