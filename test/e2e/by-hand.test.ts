import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Store } from '../../src/store/store.ts'
import { findServerBinary } from '../../src/temporal/server-binary.ts'
import { Home } from '../support/home.ts'
import { plainRepository, type TestRepository } from '../support/repository.ts'
import { until } from '../support/until.ts'

let home: Home
let repo: TestRepository
let store: Store
let serve: ReturnType<Home['start']>
let temporal: (...args: string[]) => Promise<{ stdout: string; stderr: string; exitCode?: number }>
beforeAll(async () => {
  ;[home, repo] = await Promise.all([Home.make(), plainRepository(2)])
  store = await home.store()
  serve = home.start('serve', '--port', '0')
  const binary = (await findServerBinary(home.config)).path
  await until('serve is ready', async () => (await home.readyStack()).ready)
  const { temporalAddress } = await home.readyStack()
  temporal = (...args) => execa(binary, [...args, '--address', temporalAddress], { reject: false })
})
afterAll(async () => {
  serve.kill('SIGTERM')
  await serve
  await store.close()
  await home.dispose()
  await repo.remove()
})

const start = (id: string, input: object) =>
  temporal(
    ...['workflow', 'start', '--type', 'CommitSuite', '--task-queue', 'commit-suite'],
    ...['--workflow-id', id, '--input', JSON.stringify(input)],
  )
const ended = (id: string) => temporal('workflow', 'result', '--workflow-id', id, '--output', 'json')

describe('a suite started by hand', () => {
  it('gets the same defaults, and its id from the workflow', async () => {
    expect(await start('suite/by-hand', { repo: repo.path, command: { shell: 'true' } })).toMatchObject({ exitCode: 0 })
    expect(JSON.parse((await ended('suite/by-hand')).stdout)).toMatchObject({
      status: 'COMPLETED',
      result: { suite: 'by-hand', status: 'completed', verdicts: { passing: 1 } },
    })
    const stored = await store.suites.get('by-hand')
    expect(stored?.spec).toMatchObject({ runs: 10, commits: ['HEAD'], isolation: 'process', keep: 'never' })
    expect(await store.results.tally('by-hand', repo.shas[1] ?? '')).toMatchObject({ passed: 10 })
  })

  it('shows in the Web UI by search attributes, a summary and details', async () => {
    const found = async () =>
      (await temporal('workflow', 'list', '--query', `SuiteId = 'by-hand' AND Verdict = 'passing'`)).stdout
    await until('the lane is found by its verdict', async () => (await found()).includes('suite/by-hand/'))
    const details = await temporal('workflow', 'metadata', '--workflow-id', 'suite/by-hand')
    expect(details.stdout).toMatch(/1 of 1 commits done/)
  })

  it('answers the query progress', async () => {
    const { stdout } = await temporal('workflow', 'query', '--type', 'progress', '--workflow-id', 'suite/by-hand')
    expect(stdout).toMatch(/"finished": ?1/)
  })

  it.each([
    ['an unknown field', { repo: '/r', rnus: 3 }, 'rnus'],
    ['no repository', {}, 'repo'],
    ['runs out of bounds', { repo: '/r', runs: 0 }, 'runs'],
    ['seeds given twice', { repo: '/r', seeds: [4, 4] }, 'seeds'],
    ['an unknown ref', { commits: ['nowhere'], command: { shell: 'true' } }, 'nowhere'],
  ])('is refused for %s with the field, and leaves nothing on record', async (_what, input, named) => {
    const id = `bad-${named}`
    await start(`suite/${id}`, 'commits' in input ? { ...input, repo: repo.path } : input)
    const { stdout } = await ended(`suite/${id}`)
    expect(stdout).toContain('FAILED')
    expect(stdout).toContain(named)
    expect(await store.suites.get(id)).toBeUndefined()
  })

  it('is started by the example script too', async () => {
    const { temporalAddress } = await home.readyStack()
    const script = await execa(process.execPath, ['examples/start-suite.ts', repo.path, 'test "$ATTEMPT" -lt 5'], {
      env: { TEMPORAL_ADDRESS: temporalAddress },
    })
    expect(JSON.parse(script.stdout)).toMatchObject({ status: 'completed', verdicts: { flaky: 1 } })
  })
})
