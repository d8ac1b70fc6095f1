import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createKubernetesExecutor } from '../../../../src/executors/kubernetes/executor.ts'
import { loadTemplate } from '../../../../src/frameworks/templates.ts'
import { expectEveryRunOnce } from '../../../support/every-run-once.ts'
import { until } from '../../../support/until.ts'
import { PodBench } from '../../support/pod-bench.ts'
import { PodWitness } from '../../support/pod-witness.ts'

let bench: PodBench
let stateDir: string
beforeAll(async () => {
  bench = await PodBench.make()
  stateDir = await mkdtemp(join(tmpdir(), 'cs-warm-'))
})
afterAll(async () => {
  await bench.dispose()
  await rm(stateDir, { recursive: true, force: true })
})

/** Runs one after another by an executor that replaces a pod after two; the name of the pod of each. */
async function podsOfRuns(suite: string, runs: number): Promise<string[]> {
  const context = { signal: new AbortController().signal, heartbeat: () => undefined }
  const settings = { egress: 'none', pullSecrets: [], waitMs: 60_000, runsPerWarmPod: 2 } as const
  const executor = createKubernetesExecutor({ stateDir, secrets: { valueOf: () => undefined }, ...settings })
  try {
    const mirrorPath = join(stateDir, 'mirror.git')
    await execa('git', ['clone', '--quiet', '--bare', bench.repo.path, mirrorPath])
    const [sha = ''] = bench.repo.shas
    const template = await loadTemplate('generic')
    const lane = { suite, sha, template, limits: {}, isolation: 'warm', workdir: '.', env: {}, secretEnv: [] } as const
    await executor.provision({ ...lane, repo: bench.repo.path, parallelism: 1 }, context)
    const asked = { ...lane, secretEnv: [], mirrorPath, setup: [], parallelism: 1, timeoutMs: 60_000 }
    const prepared = await executor.prepare(asked, context)
    if (!prepared.ok) throw new Error(prepared.output)
    const bounds = { timeoutMs: 30_000, graceMs: 3_000, outputCapBytes: 1_000_000, reports: [], secretEnv: [] }
    const nothing = async (): Promise<void> => undefined
    const names: string[] = []
    for (let attempt = 0; attempt < runs; attempt++) {
      const key = { suite, sha, attempt, generation: 0 }
      const request = { ...lane, ...bounds, key, try: 1, treeKey: prepared.treeKey, command: { shell: 'hostname' } }
      const completion = await executor.run(request, { ...context, onStarted: nothing, onOutput: nothing })
      names.push(Buffer.from(completion.stdout.head).toString().trim())
      await completion.dispose()
    }
    return names
  } finally {
    await executor.close()
  }
}

const isThere = async (suite: string, name: string): Promise<boolean> =>
  (await bench.pods(suite)).some(({ metadata }) => metadata?.name === name && metadata.deletionTimestamp === undefined)

describe('a warm pod', () => {
  it('serves so many runs as it may, then another takes its place', async () => {
    const suite = bench.id('served')
    const names = await podsOfRuns(suite, 5)
    const [first = '', , second = '', , third = ''] = names
    expect(names).toEqual([first, first, second, second, third])
    expect(new Set(names).size).toBe(3)
    await until('those that have served are gone', async () => {
      return !(await isThere(suite, first)) && !(await isThere(suite, second))
    })
    expect(await isThere(suite, third)).toBe(true)
  })

  it.each([
    ['timed out', 'if [ "$ATTEMPT" = 1 ]; then trap "" TERM; sleep 60; fi', ['--timeout', '10s'], 'timed_out'],
    ['left processes', 'if [ "$ATTEMPT" = 1 ]; then setsid sleep 60 & fi', [], 'passed'],
  ])('is replaced after a run that %s', async (_what, command, flags, outcome) => {
    const id = bench.id('unhealthy')
    const witness = await PodWitness.start(id)
    const where = ['--parallelism', '1', '--isolation', 'warm', ...flags]
    await bench.home.cli(...bench.suite(id, `hostname; ${command}`, 4, ...where))
    witness.stop()
    const results = await expectEveryRunOnce(bench.store, id, 4)
    expect(results.map((result) => [result.outcome, result.tries])).toEqual([
      ['passed', 1],
      [outcome, 1],
      ['passed', 1],
      ['passed', 1],
    ])
    const hosts = await Promise.all(results.map(({ attempt }) => bench.stdout(id, { attempt })))
    const [before, spoilt, next, last] = hosts.map((text) => text.trim())
    expect([spoilt, last]).toEqual([before, next])
    expect(next).not.toBe(before)
    const warm = [...witness.pods.values()].filter(({ role }) => role === 'warm')
    expect(warm.map(({ name }) => name).toSorted()).toEqual([before, next].toSorted())
  })
})
