import { describe, expect, it } from 'vitest'
import { clientOf, JobBench } from './job-bench.ts'

interface Row {
  attempt: number
  passed: boolean
  stdout: string
  stderr: string
}

async function ended(
  bench: JobBench,
  settled: { saveFullOutput?: boolean },
  rows: [passed: boolean, stdout: string][],
) {
  const client = clientOf(bench.gateway())
  const id = await client.run({ runs: rows.length })
  await bench.begin(id, settled)
  for (const [attempt, [passed, stdout]] of rows.entries()) {
    await bench.finishRun(id, attempt, passed ? {} : { outcome: 'failed', exitCode: 1 }, stdout)
  }
  await bench.finish(id, 'completed')
  const { body, bytes } = await client.get(`flaky/status/${id}`)
  const results: Row[] = body.output.results
  return { bytes, output: body.output, results }
}

describe('output', () => {
  it('is cut to 64 KiB a stream, its head and tail kept', async () => {
    const bench = await JobBench.open()
    const text = `${'a'.repeat(60_000)}${'b'.repeat(60_000)}`
    const { results } = await ended(bench, {}, [[true, text]])
    const [{ stdout }] = results as [Row]
    expect(Buffer.byteLength(stdout)).toBeLessThanOrEqual(65_536)
    expect(stdout).toMatch(/^a{32736}\n\[commit-suite: 54528 bytes cut\]\nb{32736}$/)
  })

  it('is whole where the repository’s file asks for it', async () => {
    const bench = await JobBench.open()
    const text = 'c'.repeat(120_000)
    const { results } = await ended(bench, { saveFullOutput: true }, [[true, text]])
    expect(results[0]?.stdout).toBe(text)
  })

  it('of rows that passed gives way first, in a reply that would be too large', async () => {
    const bench = await JobBench.open({ replyBytes: 200_000 })
    const rows: [boolean, string][] = [
      [true, 'p'.repeat(60_000)],
      [false, 'f'.repeat(60_000)],
      [true, 'p'.repeat(60_000)],
      [true, 'short'],
      [false, 'f'.repeat(60_000)],
    ]
    const { results, bytes, output } = await ended(bench, {}, rows)
    expect(bytes).toBeLessThanOrEqual(200_000)
    expect(bytes).toBeGreaterThan(150_000)
    expect(results.filter(({ passed }) => !passed).map(({ stdout }) => stdout.length)).toEqual([60_000, 60_000])
    expect(results.filter(({ stdout }) => stdout.includes('bytes cut]')).map(({ attempt }) => attempt)).toEqual([0, 2])
    expect(results[3]?.stdout).toBe('short')
    expect(output).toMatchObject({ failures: 2, repro_rate: 0.4 })
  })

  it('stays within the reply even where JSON makes it six times as long', async () => {
    const bench = await JobBench.open({ replyBytes: 100_000 })
    const rows = Array.from({ length: 10 }, (_, index): [boolean, string] => [index % 2 === 0, '\u0001'.repeat(30_000)])
    const { results, bytes } = await ended(bench, {}, rows)
    expect(bytes).toBeLessThanOrEqual(100_000)
    expect(results).toHaveLength(10)
    expect(results.every(({ stdout }) => /\[commit-suite: \d+ bytes cut\]/.test(stdout))).toBe(true)
  })

  it('of a thousand rows is there within the time-out of the client', async () => {
    const bench = await JobBench.open()
    const rows = Array.from({ length: 1000 }, (_, index): [boolean, string] => [
      index % 10 !== 0,
      `run ${index}\n`.repeat(5000),
    ])
    const { results, bytes } = await ended(bench, {}, rows)
    expect(results.map(({ attempt }) => attempt)).toEqual(Array.from({ length: 1000 }, (_, index) => index))
    expect(bytes).toBeLessThanOrEqual(20_000_000)
    expect(bytes).toBeGreaterThan(15_000_000)
  })
})
