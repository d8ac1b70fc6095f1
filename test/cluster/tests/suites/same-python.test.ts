import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SuiteReport } from '../../../../src/contract/index.ts'
import { plainRepository, plantedRepository, type TestRepository } from '../../../support/repository.ts'
import { PodBench } from '../../support/pod-bench.ts'

let bench: PodBench
let planted: TestRepository
let modern: TestRepository
beforeAll(async () => {
  ;[bench, planted, modern] = await Promise.all([PodBench.make(), plantedRepository(), pytestRepository()])
})
afterAll(async () => {
  await bench.dispose()
  await Promise.all([planted.remove(), modern.remove()])
})

/** A project that asks for no package and is tested by pytest: one test fails under about a third of the seeds. */
async function pytestRepository(): Promise<TestRepository> {
  const repo = await plainRepository(1)
  await mkdir(join(repo.path, 'tests'))
  await writeFile(
    join(repo.path, 'tests', 'test_lanes.py'),
    `import os
import random

import pytest


@pytest.fixture
def salt():
    return random.Random(int(os.environ["TEST_SEED"]))


@pytest.mark.parametrize("parcel", range(3))
def test_lane_exists(parcel):
    assert parcel < 4


def test_twins_do_not_share_a_lane(salt):
    assert salt.randrange(3) != 0
`,
  )
  const git = (...args: string[]) =>
    execa('git', ['-C', repo.path, '-c', 'user.name=Test', '-c', 'user.email=test@example.org', ...args])
  await git('add', '.')
  await git('-c', 'commit.gpgSign=false', 'commit', '--quiet', '--message', 'tests')
  const { stdout } = await git('rev-parse', 'HEAD')
  return { ...repo, shas: [stdout] }
}

/** Under the third and the fourth twins meet in the planted project, under the second, third and sixth in the other. */
const SEEDS = '5,2,3,6,7,15'

const verdicts = ({ commits }: SuiteReport) =>
  commits.map(({ sha, verdict, failureRate, results = [] }) => ({
    sha,
    verdict,
    failureRate,
    failing: results.filter(({ outcome }) => outcome !== 'passed').map(({ seed }) => seed),
    results: results.map(({ attempt, seed, outcome, reason, exitCode, tries }) => {
      return { attempt, seed, outcome, reason, exitCode, tries }
    }),
  }))

/** The same request everywhere: nothing but the repository is given, so set-up and command are those found in it. */
async function everywhere(repo: TestRepository, commits: string) {
  const suite = async (name: string, ...where: string[]) => {
    const what = ['run', '--repo', repo.path, '--commits', commits, '--runs', '6', '--seeds', SEEDS]
    const { report } = await bench.home.report(...what, '--parallelism', '8', '--id', bench.id(name), ...where)
    return report
  }
  const local = await suite('local', '--executor', 'local', '--isolation', 'process')
  const [pod, warm] = await Promise.all([
    suite('pod', '--executor', 'kubernetes'),
    suite('warm', '--executor', 'kubernetes', '--isolation', 'warm', '--parallelism', '4'),
  ])
  return { local, pod, warm }
}

describe('a Python project with a planted flake, as its own files say it is set up and tested', () => {
  it('fails under the same seeds locally, in fresh pods and in warm pods (unittest)', async () => {
    const { local, pod, warm } = await everywhere(planted, 'HEAD~3,HEAD~2,HEAD')
    const here = verdicts(local)
    expect(here.map(({ verdict }) => verdict)).toEqual(['passing', 'flaky', 'failing'])
    expect(here[1]?.failing).toEqual([3, 6])
    expect(verdicts(pod)).toEqual(here)
    expect(verdicts(warm)).toEqual(here)
  })

  it('and by pytest, which is looked for by its set-up', async () => {
    const { local, pod, warm } = await everywhere(modern, 'HEAD')
    const [here] = verdicts(local)
    expect(here).toMatchObject({ verdict: 'flaky', failing: [2, 3, 15] })
    expect(verdicts(pod)).toEqual([here])
    expect(verdicts(warm)).toEqual([here])
    for (const { suite } of [local, pod, warm]) {
      const [failed] = (await bench.store.results.list({ suite, limit: 10 })).filter(({ exitCode }) => exitCode === 1)
      const run = { suite, sha: failed?.sha ?? '', attempt: failed?.attempt ?? 0, generation: 0, try: 1 }
      const { bytes } = await bench.store.logs.read({ ...run, stream: 'stdout' }, 0, 100_000)
      const text = Buffer.from(bytes).toString()
      expect(text).toContain('FAILED tests/test_lanes.py::test_twins_do_not_share_a_lane')
      expect(text).toContain('1 failed, 3 passed')
    }
  })
})
