import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { KEYS } from '../../../../src/executors/kubernetes/names.ts'
import { until } from '../../../support/until.ts'
import { PodBench } from '../../support/pod-bench.ts'
import { PodWitness } from '../../support/pod-witness.ts'

let bench: PodBench
beforeAll(async () => {
  bench = await PodBench.make()
})
afterAll(() => bench.dispose())

const withSetup = (id: string, setup: string, command: string, runs: number, ...more: string[]): string[] => [
  ...bench.suite(id, command, runs, ...more).filter((word) => word !== '--no-setup'),
  '--setup',
  setup,
]

describe('the set-up of a commit', () => {
  const setup =
    'echo once >> $HOME/count; mkdir -p deep/er; ln -s ../number deep/link; printf "#!/bin/sh\\necho tool" > deep/tool; chmod 755 deep/tool'
  const command = 'wc -l < $HOME/count; cat deep/link; deep/tool; ls -d deep/er; pwd'

  it.each([['pod'], ['warm']])(
    'is done once, in a pod of its own, for all runs and for the next suite (%s)',
    async (isolation) => {
      const first = bench.id(`setup-${isolation}`)
      const witness = await PodWitness.start(first)
      const where = ['--isolation', isolation, '--parallelism', '2', '--env', `FOR=${isolation}`]
      await bench.home.cli(...withSetup(first, setup, command, 3, ...where))
      witness.stop()
      expect([...witness.pods.values()].filter(({ role }) => role === 'prepare')).toHaveLength(1)
      const key = { suite: first, sha: bench.repo.shas[0] ?? '', generation: 0, try: 1, stream: 'stdout' } as const
      for (const attempt of [0, 1, 2]) {
        const { bytes } = await bench.store.logs.read({ ...key, attempt }, 0, 10_000)
        expect(Buffer.from(bytes).toString()).toBe('1\n0\ntool\ndeep/er\n/commit-suite/tree\n')
      }

      const second = bench.id(`again-${isolation}`)
      const again = await PodWitness.start(second)
      await bench.home.cli(...withSetup(second, setup, command, 1, ...where))
      again.stop()
      expect([...again.pods.values()].map(({ role }) => role)).not.toContain('prepare')
      const events = await bench.store.events.read(second, 0, 100)
      const ready = events.find((event) => event.type === 'environment.step' && event.data.step === 'ready')
      expect(ready?.data).toMatchObject({ cached: true })
    },
  )

  it('that fails makes the commit inconclusive, with its output', async () => {
    const id = bench.id('setup-fails')
    const { exitCode, stderr } = await bench.home.cli(...withSetup(id, 'echo no such thing >&2; exit 7', 'true', 2))
    expect(exitCode).toBe(3)
    expect(stderr).toContain('set-up failed')
    const events = await bench.store.events.read(id, 0, 100)
    const failed = events.find((event) => event.type === 'environment.step' && event.data.step === 'failed')
    expect(failed?.data).toMatchObject({ message: expect.stringContaining('exited with 7\nno such thing') })
  })
})

describe('the namespace of a commit', () => {
  it('goes with its lane, or stays for 24 h where that was asked for and a run failed', async () => {
    const [gone, kept] = [bench.id('gone'), bench.id('kept')]
    await bench.home.cli(...bench.suite(gone, 'false', 1))
    const beganMs = Date.now()
    await bench.home.cli(...bench.suite(kept, 'false', 1, '--keep', 'failed'))
    await until('the first is gone', async () => !(await bench.namespaceExists(bench.namespaceOf(gone))), 120_000)
    const name = bench.namespaceOf(kept)
    const { metadata } = await bench.cluster.request(({ core }) => core.readNamespace({ name }))
    const expiresMs = Date.parse(metadata?.annotations?.[KEYS.expiresAt] ?? '')
    expect(expiresMs).toBeGreaterThanOrEqual(beganMs + 24 * 3_600_000)
    expect(expiresMs).toBeLessThan(Date.now() + 24 * 3_600_000 + 1)
    const listed = await bench.home.cli('environments', 'list', '--json')
    expect(listed.stdout).toContain(name)
    await bench.home.cli('environments', 'remove', name)
    await until('the second is gone', async () => !(await bench.namespaceExists(name)), 120_000)
  })
})
