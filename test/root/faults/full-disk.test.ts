import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { expectEveryRunOnce } from '../../support/every-run-once.ts'
import { FaultBench } from '../../support/fault-suite.ts'
import { until } from '../../support/until.ts'

let disk: string
let bench: FaultBench
beforeAll(async () => {
  disk = await mkdtemp(join(tmpdir(), 'cs-disk-'))
  await execa('mount', ['-t', 'tmpfs', '-o', 'size=256k,mode=0700', 'commit-suite-test', disk])
  await mkdir(join(disk, 'artifacts'))
  await writeFile(join(disk, 'filler'), Buffer.alloc(200 * 1024)).catch(() => undefined)
  bench = await FaultBench.make({ COMMIT_SUITE_ARTIFACTS: join(disk, 'artifacts'), COMMIT_SUITE_SLOTS: '2' }, 1)
})
afterAll(async () => {
  await bench.dispose()
  await execa('umount', [disk])
  await rm(disk, { recursive: true, force: true })
})

describe('a full disk for artifacts', () => {
  it('holds the runs back until there is room; none is executed again, lost or counted twice', async () => {
    const work = 'head -c 100000 /dev/zero | tr "\\0" x'
    const running = bench.home.start(...bench.suite('full', 6, work), '--json')
    const log = join(bench.home.config.stateDir, 'worker.log')
    await until('storing has failed', async () =>
      (await readFile(log, 'utf8').catch(() => '')).includes('artifact_store_failed'),
    )
    expect((await bench.executions()).size).toBeGreaterThan(0)
    expect(await bench.finished('full')).toBe(0)
    await execa('mount', ['-o', 'remount,size=64m', disk])
    expect((await running).exitCode).toBe(0)
    const results = await expectEveryRunOnce(bench.store, 'full', 6)
    expect(results.every(({ outcome, tries }) => outcome === 'passed' && tries === 1)).toBe(true)
    expect([...(await bench.executions()).values()]).toEqual([1, 1, 1, 1, 1, 1])
    for (const result of results) {
      expect(result.artifacts).toEqual([{ name: '1.stdout', sizeBytes: 100_000 }])
      expect((await bench.store.artifacts.get(result, '1.stdout'))?.byteLength).toBe(100_000)
    }
  })
})
