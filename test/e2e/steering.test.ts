import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Store } from '../../src/store/store.ts'
import { Home } from '../support/home.ts'
import { plainRepository, type TestRepository } from '../support/repository.ts'
import { until } from '../support/until.ts'

let home: Home
let repo: TestRepository
let store: Store
beforeAll(async () => {
  ;[home, repo] = await Promise.all([Home.make({ COMMIT_SUITE_SLOTS: '2' }), plainRepository(2)])
  store = await home.store()
})
afterAll(async () => {
  await store.close()
  await home.dispose()
  await repo.remove()
})

const run = (...args: string[]) => ['run', '--repo', repo.path, '--no-setup', ...args]
const finished = async (suite: string) =>
  (await store.events.read(suite, 0, 10_000)).filter(({ type }) => type === 'run.finished').length

describe('steering a suite', () => {
  it('pauses after the runs in flight, resumes, and ends with every run once', async () => {
    const gate = join(home.config.stateDir, 'gate')
    const command = `test $ATTEMPT -lt 4 || until test -e ${gate}; do sleep 0.05; done`
    const running = home.start(...run('--command', command, '--runs', '12', '--id', 'paused', '--json'))
    await until('some runs have finished', async () => (await finished('paused')) >= 2)
    expect(await home.cli('pause', 'paused')).toMatchObject({ exitCode: 0 })
    await until('the suite is paused', async () => (await store.suites.get('paused'))?.status === 'paused')
    await writeFile(gate, '')
    const started = async () => {
      const events = await store.events.read('paused', 0, 10_000)
      // A run that is tried again begins twice.
      return new Set(events.flatMap((event) => (event.type === 'run.started' ? [event.data.run] : []))).size
    }
    await until('those in flight have finished', async () => (await finished('paused')) === (await started()))
    expect(await started()).toBeLessThan(12)
    expect((await home.cli('pause', 'paused')).exitCode).toBe(2)
    expect(await home.cli('resume', 'paused')).toMatchObject({ exitCode: 0 })
    expect((await running).exitCode).toBe(0)
    expect(await finished('paused')).toBe(12)
  })

  it('cancels on a signal, cleans up, and exits with 130', async () => {
    const marker = 'MARK_OF_CANCELLED_RUN=1'
    const running = home.start(...run('--command', 'sleep 300', '--runs', '8', '--id', 'cancelled', '--env', marker))
    const alive = () => home.processes((text) => text.includes(marker) && !text.includes('commit-suite.js'))
    const begun = async () => (await store.events.read('cancelled', 0, 100)).some(({ type }) => type === 'run.started')
    // Until then the marker is in the command's own command line only.
    await until('a run has started', begun)
    expect(await alive()).not.toEqual([])
    running.kill('SIGINT')
    expect((await running).exitCode).toBe(130)
    await until('no process is left', async () => (await alive()).length === 0)
    expect(await home.workspaces()).toEqual([])
    expect((await store.suites.get('cancelled'))?.status).toBe('cancelled')
    const tally = await store.results.tally('cancelled', repo.shas[1] ?? '')
    expect(tally).toMatchObject({ cancelled: 8, passed: 0 })
  })

  it('detaches, and watch follows to the end', async () => {
    const started = await home.cli(...run('--command', 'sleep 0.5', '--runs', '4', '--id', 'detached', '--detach'))
    expect(started).toMatchObject({ exitCode: 0, stdout: 'detached' })
    const { exitCode, report } = await home.report('watch', 'detached')
    expect(exitCode).toBe(0)
    expect(report.commits[0]).toMatchObject({ passed: 4 })
  })
})
