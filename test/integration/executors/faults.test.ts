import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createLocalExecutor } from '../../../src/executors/local/executor.ts'
import {
  contextOf,
  type Fixture,
  makeFixture,
  prepared,
  processesWith,
  runRequest,
  runShell,
  textOf,
  until,
} from './executor-fixture.ts'

/** The runner of this state directory, whose arguments hold it. */
const runnersOf = (fixture: Fixture): Promise<number[]> => processesWith(fixture.stateDir)

describe('when processes die', () => {
  let fixture: Fixture
  beforeEach(async () => {
    fixture = await makeFixture()
  })
  afterEach(() => fixture.remove())

  test('a worker killed mid-run is followed by one that adopts the run and all its output', async () => {
    const treeKey = await prepared(fixture)
    const script = 'echo $$; while [ ! -e $TMPDIR/../go ]; do sleep 0.02; done; echo end'
    const request = runRequest(fixture, treeKey, script)
    const client = fileURLToPath(new URL('./client-process.ts', import.meta.url))
    const worker = spawn(process.execPath, [client, fixture.stateDir, JSON.stringify(request)], { stdio: 'pipe' })
    let printed = ''
    worker.stdout.on('data', (bytes: Buffer) => (printed += bytes.toString()))
    await until('the run prints', () => /started\n\d+\n/.test(printed))
    worker.kill('SIGKILL')
    await once(worker, 'exit')

    const context = contextOf()
    const adopted = fixture.executor.run(request, {
      ...context,
      onStarted: async () => {
        const [workspace = ''] = await readdir(join(fixture.stateDir, 'runs'))
        await writeFile(join(fixture.stateDir, 'runs', workspace, 'go'), '')
      },
    })
    expect((await adopted).exitCode).toBe(0)
    const replayed = textOf(Buffer.concat(context.chunks.map(({ bytes }) => bytes)))
    expect(`started\n${replayed}`).toBe(`${printed}end\n`)
    expect(context.chunks[0]?.offset).toBe(0)
  })

  test('a killed runner takes its runs along, is reported as lost and replaced by the next call', async () => {
    const treeKey = await prepared(fixture)
    const lost = runShell(fixture, treeKey, 'setsid sleep 4246 & exec sleep 4246')
    lost.catch(() => undefined)
    await until('both processes run', async () => (await processesWith('4246')).length >= 2)
    const [runner, ...others] = await runnersOf(fixture)
    expect(others).toEqual([])
    if (runner === undefined) throw new Error('no runner found')
    process.kill(runner, 'SIGKILL')
    await expect(lost).rejects.toMatchObject({ code: 'runner_lost', retryable: true })
    await until('nothing of the run is left', async () => (await processesWith('4246')).length === 0)
    const again = await runShell(fixture, treeKey, 'echo again')
    expect(textOf(again.stdout.head)).toBe('again\n')
    expect(await runnersOf(fixture)).not.toContain(runner)
  })

  test('two workers that start at once share one runner, which ends itself when idle', async () => {
    const treeKey = await prepared(fixture)
    const second = createLocalExecutor({ stateDir: fixture.stateDir, runnerIdleMs: 300 })
    await Promise.all([
      runShell(fixture, treeKey, 'true').then((completion) => completion.dispose()),
      second.run(runRequest(fixture, treeKey, 'true', { attempt: 1 }), contextOf()).then((one) => one.dispose()),
    ])
    expect(await runnersOf(fixture)).toHaveLength(1)
    await second.close()
    await fixture.executor.close()
    await until('the runner has ended', async () => (await runnersOf(fixture)).length === 0)
  })

  test('closing an executor leaves its runs to the next one', async () => {
    const treeKey = await prepared(fixture)
    const request = runRequest(fixture, treeKey, 'echo one; exec sleep 4247')
    const first = createLocalExecutor({ stateDir: fixture.stateDir })
    const running = first.run(request, contextOf())
    running.catch(() => undefined)
    await until('the run runs', async () => (await processesWith('4247')).length > 0)
    await first.close()
    await expect(running).rejects.toMatchObject({ code: 'internal' })
    expect(await processesWith('4247')).toHaveLength(1)
    expect(await fixture.executor.endUnownedRuns(() => false)).toBe(1)
    expect(await processesWith('4247')).toEqual([])
    expect(await readdir(join(fixture.stateDir, 'runs'))).toEqual([])
  })

  test('a release ends forty runs of its lane within seconds and leaves those of another', async () => {
    const treeKey = await prepared(fixture)
    const run = (attempt: number, suite: string) =>
      runShell(fixture, treeKey, 'setsid sleep 4248 & exec sleep 4248', { attempt, suite })
    const lane = Array.from({ length: 40 }, (_, attempt) => run(attempt, 'suite-a').catch((error: unknown) => error))
    const other = run(0, 'suite-b').catch((error: unknown) => error)
    await until('all run', async () => (await processesWith('4248')).length === 82, 40_000)
    const startedAtMs = Date.now()
    await fixture.executor.release({ suite: 'suite-a', sha: fixture.sha, keep: false })
    expect(Date.now() - startedAtMs).toBeLessThan(5_000)
    expect(await processesWith('4248')).toHaveLength(2)
    for (const error of await Promise.all(lane)) expect(error).toMatchObject({ code: 'run_lost' })
    const left = await readdir(join(fixture.stateDir, 'runs'))
    expect(left).toHaveLength(1)
    expect(await readFile(join(fixture.stateDir, 'runs', left[0] ?? '', 'lane.json'), 'utf8')).toContain('suite-b')
    await fixture.executor.release({ suite: 'suite-b', sha: fixture.sha, keep: false })
    expect(await other).toMatchObject({ code: 'run_lost' })
    expect(await processesWith('4248')).toEqual([])
  })

  test('a release that keeps leaves the last workspaces until the garbage collection', async () => {
    const treeKey = await prepared(fixture)
    for (const [attempt, script] of ['exit 1', 'true', 'echo x > kept.txt'].entries()) {
      const completion = await runShell(fixture, treeKey, script, { attempt })
      await completion.dispose()
    }
    expect(await readdir(join(fixture.stateDir, 'runs'))).toHaveLength(2)
    await fixture.executor.release({ suite: 'suite-a', sha: fixture.sha, keep: true })
    expect(await fixture.executor.endUnownedRuns(() => false)).toBe(0)
    expect(await readdir(join(fixture.stateDir, 'runs'))).toHaveLength(2)
    const removed = await fixture.executor.collectGarbage(0)
    expect(removed.filter(({ name }) => name.startsWith('runs/'))).toHaveLength(2)
    expect(await readdir(join(fixture.stateDir, 'runs'))).toEqual([])
  })
})
