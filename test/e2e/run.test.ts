import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { clopperPearson } from '../../src/stats/interval.ts'
import { drawSeeds } from '../../src/stats/seeds.ts'
import { Home } from '../support/home.ts'
import { plantedRepository, type TestRepository } from '../support/repository.ts'

let home: Home
let repo: TestRepository
beforeAll(async () => {
  ;[home, repo] = await Promise.all([Home.make(), plantedRepository()])
})
afterAll(async () => {
  await home.dispose()
  await repo.remove()
})

const COMMAND = ['--command', 'python3 -m unittest -q']

describe('commit-suite run', () => {
  it('finds the planted flake and the broken commit of the shipped example', async () => {
    const junit = join(home.config.stateDir, 'junit.xml')
    const args = ['--repo', repo.path, '--commits', 'HEAD~3,HEAD~2,HEAD~1,HEAD', '--runs', '16', '--seed', '1']
    const { exitCode, report } = await home.report('run', ...args, ...COMMAND, '--junit', junit, '--id', 'example')
    expect(exitCode).toBe(1)
    expect(report).toMatchObject({ suite: 'example', status: 'completed', seed: 1, repo: repo.path })
    expect(report.commits.map(({ sha }) => sha)).toEqual(repo.shas)
    expect(report.commits.map(({ verdict }) => verdict)).toEqual(['passing', 'flaky', 'flaky', 'failing'])
    for (const commit of report.commits) {
      expect(commit.runs).toBe(16)
      expect(commit.results?.map(({ attempt }) => attempt)).toEqual(Array.from({ length: 16 }, (_, i) => i))
      expect(commit.results?.map(({ seed }) => seed)).toEqual(drawSeeds(1, 16))
      expect(commit.interval).toEqual(clopperPearson(commit.failed, 16))
    }
    // Commits 2 and 3 hold the same flake, and it depends on nothing but the seed.
    const [, flaky, unrelated] = report.commits.map(({ results }) => results?.map(({ outcome }) => outcome))
    expect(flaky).toEqual(unrelated)
    const xml = await readFile(junit, 'utf8')
    expect(xml.match(/<testcase /g)).toHaveLength(64)
    expect(xml.match(/<failure/g)).toHaveLength(report.commits.reduce((sum, { failed }) => sum + failed, 0))
  })

  it('shows, lists and logs what was run, byte for byte', async () => {
    const shown = await home.report('show', 'example', '--results')
    const failed = shown.report.commits[3]?.results?.[0]
    expect(failed?.outcome).toBe('failed')
    const log = await home.cli('logs', failed?.id ?? '', '--stream', 'stderr')
    expect(log.stdout).toContain('FAILED (failures=')
    const list = await home.cli('list', '--json')
    expect(JSON.parse(list.stdout)).toMatchObject([{ suite: 'example', status: 'completed' }])
  })

  it('replays a failing run under the same seed', async () => {
    const { report } = await home.report('show', 'example', '--results')
    const flaky = report.commits[1]?.results?.find(({ outcome }) => outcome === 'failed')
    const replayed = await home.cli('replay', flaky?.id ?? '', '--times', '2')
    expect(replayed.stdout).toMatch(/2 of 2/)
    const passed = report.commits[1]?.results?.find(({ outcome }) => outcome === 'passed')
    const other = await home.cli('replay', passed?.id ?? '')
    expect(other.stdout).toMatch(/1 of 1/)
  })

  it('exits with 0 where every commit passes and says how sure that is', async () => {
    const { exitCode, report } = await home.report(
      'run',
      '--repo',
      repo.path,
      '--commits',
      'HEAD~3',
      '--runs',
      '3',
      ...COMMAND,
    )
    expect(exitCode).toBe(0)
    expect(report.commits[0]).toMatchObject({ verdict: 'passing', upperBound: { level: 0.95 } })
    expect(report.commits[0]?.upperBound?.value).toBeCloseTo(1 - 0.05 ** (1 / 3), 10)
  })

  it('joins the suite of an id that was used before and refuses another request under it', async () => {
    const first = ['run', '--repo', repo.path, '--commits', 'HEAD~3', '--seeds', '11,12', ...COMMAND, '--id', 'once']
    const one = await home.report(...first)
    const two = await home.report(...first)
    expect(two).toEqual(one)
    const other = await home.cli(...first.map((word) => (word === '11,12' ? '11,13' : word)))
    expect(other).toMatchObject({ exitCode: 2, stdout: '' })
    expect(other.stderr).toMatch(/id: "once"/)
  })
})
