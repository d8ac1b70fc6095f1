import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RunResult } from '../../../../src/contract/index.ts'
import { PodBench } from '../../support/pod-bench.ts'

let bench: PodBench
/** Gives up soon on pods that do not start. */
let impatient: PodBench
let templates: string
beforeAll(async () => {
  templates = await mkdtemp(join(tmpdir(), 'cs-templates-'))
  await mkdir(join(templates, 'small'))
  const limits = 'resources: {requests: {cpu: 50m, memory: 64Mi}, limits: {memory: 256Mi, ephemeral-storage: 64Mi}}'
  await writeFile(join(templates, 'small', 'template.yaml'), `image: buildpack-deps:bookworm\n${limits}\n`)
  await mkdir(join(templates, 'huge'))
  const needs = 'resources: {requests: {cpu: 50m, memory: 1000Gi}, limits: {memory: 1000Gi}}'
  await writeFile(join(templates, 'huge', 'template.yaml'), `image: buildpack-deps:bookworm\n${needs}\n`)
  await mkdir(join(templates, 'unknown-image'))
  await writeFile(join(templates, 'unknown-image', 'template.yaml'), 'image: commit-suite-no-such-image:1\n')
  bench = await PodBench.make({ COMMIT_SUITE_TEMPLATES: templates })
  impatient = await PodBench.make({ COMMIT_SUITE_TEMPLATES: templates, COMMIT_SUITE_KUBERNETES_WAIT: '15s' })
})
afterAll(async () => {
  await bench.dispose()
  await impatient.dispose()
  await rm(templates, { recursive: true, force: true })
})

const outcomeOf = (name: string, command: string, ...more: string[]) => outcomeAt(bench, name, command, ...more)

async function outcomeAt(at: PodBench, name: string, command: string, ...more: string[]): Promise<RunResult> {
  const id = at.id(name)
  await at.home.cli(...at.suite(id, command, 1, ...more))
  const [result] = await at.store.results.list({ suite: id, limit: 1 })
  if (result === undefined) throw new Error(`${id} has no result`)
  return result
}

describe("the test's own doing is its result, never a fault", () => {
  it.each([['pod'], ['warm']])('in %s pods: memory, time, signals', async (isolation) => {
    const where = ['--isolation', isolation]
    const [memory, less, time, crash] = await Promise.all([
      outcomeOf('memory', 'python3 -c "a = bytearray(160 << 20)"', '--memory', '128MiB', ...where),
      outcomeOf('less', 'python3 -c "a = bytearray(64 << 20)"', '--memory', '128MiB', ...where),
      outcomeOf('time', 'trap "" TERM; sleep 300 & sleep 300', '--timeout', '2s', ...where),
      outcomeOf('crash', 'kill -SEGV $$', ...where),
    ])
    expect(memory).toMatchObject({ outcome: 'crashed', reason: 'out_of_memory', tries: 1 })
    expect(less).toMatchObject({ outcome: 'passed', tries: 1 })
    expect(time).toMatchObject({ outcome: 'timed_out', tries: 1 })
    // The limit, then the grace of 3 s until KILL, then what a busy machine adds; both are counted from just before the
    // command starts.
    expect(time.durationMs).toBeGreaterThanOrEqual(4_000)
    expect(time.durationMs).toBeLessThan(60_000)
    expect(crash).toMatchObject({ outcome: 'crashed', reason: 'signal', signal: 'SIGSEGV', tries: 1 })
  })

  it('a disk that it fills', async () => {
    const fill = 'head -c 200000000 /dev/zero > big; sleep 300'
    // As long as it takes until the kubelet has looked twice.
    const less = 'head -c 30000000 /dev/zero > big; sleep 12'
    const [result, fits] = await Promise.all([
      outcomeOf('disk', fill, '--project-type', 'small', '--timeout', '2m'),
      outcomeOf('disk-less', less, '--project-type', 'small', '--timeout', '2m'),
    ])
    expect(result).toMatchObject({ outcome: 'crashed', reason: 'disk_limit', tries: 1 })
    expect(fits).toMatchObject({ outcome: 'passed', tries: 1 })
  })

  it('a gigabyte of output: its beginning and its end are kept, with the exact count between them', async () => {
    const id = bench.id('gigabyte')
    const command = 'echo first; yes 0123456789abcde | head -c 1000000000; echo last'
    await bench.home.cli(...bench.suite(id, command, 1))
    const key = { suite: id, sha: bench.repo.shas[0] ?? '', attempt: 0, generation: 0 }
    expect(await bench.store.results.get(key)).toMatchObject({ outcome: 'passed', tries: 1 })
    const artifact = Buffer.from((await bench.store.artifacts.get(key, '1.stdout')) ?? [])
    expect(artifact.length).toBeGreaterThan(10 * 1024 * 1024)
    expect(artifact.length).toBeLessThan(11 * 1024 * 1024)
    expect(artifact.subarray(0, 22).toString()).toBe('first\n0123456789abcde\n')
    expect(artifact.subarray(-5).toString()).toBe('last\n')
    const total = 6 + 1_000_000_000 + 5
    const log = await bench.store.logs.read({ ...key, try: 1, stream: 'stdout' }, total - 5, 100)
    expect(Buffer.from(log.bytes).toString()).toBe('last\n')
    expect(log.next).toBe(total)
  })

  it('a fork bomb ends at its time-out, and the node goes on working', async () => {
    const bomb = `python3 -c 'import os
while True:
    try: os.fork()
    except OSError: pass'`
    // The node's bound is 256 on our own cluster: well below it everything goes.
    const hundred = 'for n in $(seq 100); do sleep 2 & done; wait; echo "$(jobs -r | wc -l) left"'
    const [result, fits] = await Promise.all([
      outcomeOf('bomb', bomb, '--timeout', '4s'),
      outcomeOf('hundred', hundred, '--timeout', '60s'),
    ])
    expect(fits).toMatchObject({ outcome: 'passed', exitCode: 0, tries: 1 })
    expect(result).toMatchObject({ outcome: 'timed_out', tries: 1 })
    expect(await outcomeOf('after', 'true')).toMatchObject({ outcome: 'passed', tries: 1 })
  })
})

describe('what is not the test is waited for with a bound, named, and never counted', () => {
  it('no room in the cluster for the set-up', async () => {
    const id = impatient.id('room')
    const { exitCode, stderr } = await impatient.home.cli(
      ...impatient.suite(id, 'true', 2, '--project-type', 'huge', '--env', 'FOR=room'),
    )
    expect(exitCode).toBe(3)
    expect(stderr).toMatch(/set-up waits: .*Insufficient memory/)
    const results = await impatient.store.results.list({ suite: id, limit: 10 })
    expect(results.map(({ outcome }) => outcome)).toEqual(['error', 'error'])
    expect(await impatient.store.suites.verdict(id, impatient.repo.shas[0] ?? '')).toMatchObject({
      verdict: 'inconclusive',
    })
  })

  it('no room for a run: tried again, then an error, with what was known of it', async () => {
    const prepared = ['--env', 'FOR=runs']
    const fits = await outcomeAt(impatient, 'fits', 'true', '--project-type', 'small', ...prepared)
    expect(fits).toMatchObject({ outcome: 'passed' })
    const id = impatient.id('no-room')
    const { exitCode } = await impatient.home.cli(
      ...impatient.suite(id, 'true', 1, '--project-type', 'huge', ...prepared),
    )
    expect(exitCode).toBe(3)
    const [result] = await impatient.store.results.list({ suite: id, limit: 10 })
    expect(result).toMatchObject({ outcome: 'error', tries: 5 })
    expect(result?.artifacts.map(({ name }) => name)).toContain('forensics/try-1.json')
    const events = await impatient.store.events.read(id, 0, 1000)
    const reasons = events.flatMap((event) => (event.type === 'run.waiting' ? [event.data.reason] : []))
    expect(reasons[0]).toMatch(/Insufficient memory/)
    const faults = events.flatMap((event) => (event.type === 'run.retried' ? [event.data.fault] : []))
    expect(faults).toEqual(Array.from({ length: 5 }, () => 'unschedulable'))
  })

  it('an image that is not there', async () => {
    const id = impatient.id('image')
    const { exitCode, stderr } = await impatient.home.cli(
      ...impatient.suite(id, 'true', 1, '--project-type', 'unknown-image'),
    )
    expect(exitCode).toBe(3)
    expect(stderr).toMatch(/set-up waits: (ErrImagePull|ImagePullBackOff)/)
    expect(await impatient.store.results.list({ suite: id, limit: 10 })).toMatchObject([{ outcome: 'error' }])
  })
})
