import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SuiteReport } from '../../../../src/contract/index.ts'
import { PodBench } from '../../support/pod-bench.ts'

let bench: PodBench
beforeAll(async () => {
  bench = await PodBench.make({}, 2)
})
afterAll(() => bench.dispose())

/** Every way in which a command can end by itself, chosen by the seed. */
const COMMAND = `echo out-$TEST_SEED; echo err-$TEST_SEED >&2; test -n "$ATTEMPT" || exit 9
case $((TEST_SEED % 7)) in
  0) exit 0 ;; 1) exit 3 ;; 2) kill -SEGV $$ ;; 3) exit 137 ;; 4) no-such-command-here ;; 5) kill -TERM $$ ;; 6) true ;;
esac`
const SEEDS = '1,2,3,4,5,6,7,14,22'

const endings = ({ commits }: SuiteReport) =>
  commits.map(({ verdict, failureRate, results = [] }) => ({
    verdict,
    failureRate,
    results: results.map(({ attempt, seed, outcome, reason, exitCode, signal, tries }) => {
      return { attempt, seed, outcome, reason, exitCode, signal, tries }
    }),
  }))

describe('the same suite', () => {
  it('gives the same verdicts, outcomes, exit codes and signals locally, in fresh pods and in warm pods', async () => {
    const where = ['--seeds', SEEDS, '--parallelism', '6']
    const suite = (id: string) => bench.suite(bench.id(id), COMMAND, 9, ...where)
    const local = suite('local').map((word) => (word === 'kubernetes' ? 'local' : word))
    const reports = [
      await bench.home.report(...local),
      await bench.home.report(...suite('pod')),
      await bench.home.report(...suite('warm'), '--isolation', 'warm'),
    ]
    const [here, fresh, warm] = reports.map(({ report }) => endings(report))
    expect(here?.[0]?.results.map(({ outcome }) => outcome)).toContain('crashed')
    expect(fresh).toEqual(here)
    expect(warm).toEqual(here)
    expect(reports.map(({ exitCode }) => exitCode)).toEqual([1, 1, 1])
  })

  it('keeps both streams apart, whole and readable in pods', async () => {
    const id = bench.id('streams')
    const bytes = `head -c 100000 /dev/zero | tr '\\0' x; printf '\\n\\377\\376 no newline at the end'; seq 1 20000 >&2`
    await bench.home.cli(...bench.suite(id, bytes, 1))
    const sha = bench.repo.shas[1] ?? ''
    const read = async (stream: 'stdout' | 'stderr') =>
      await bench.store.logs.read({ suite: id, sha, attempt: 0, generation: 0, try: 1, stream }, 0, 1_000_000)
    const ending = Buffer.concat([Buffer.from('\n'), Buffer.from([0xff, 0xfe]), Buffer.from(' no newline at the end')])
    expect(Buffer.from((await read('stdout')).bytes)).toEqual(Buffer.concat([Buffer.alloc(100_000, 'x'), ending]))
    const numbers = Array.from({ length: 20_000 }, (_, index) => `${index + 1}\n`).join('')
    expect(Buffer.from((await read('stderr')).bytes).toString()).toBe(numbers)
  })

  it('has its report files and the node of each run on record', async () => {
    const id = bench.id('files')
    const command =
      'mkdir -p out; echo "<r/>" > out/a.xml; echo no > out/a.txt; mkdir "out/b c"; echo "<s/>" > "out/b c/d.xml"'
    const { report } = await bench.home.report(...bench.suite(id, command, 1, '--reports', 'out/**/*.xml'))
    const [result] = report.commits[1]?.results ?? []
    expect(result?.artifacts.map(({ name }) => name).filter((name) => name.startsWith('reports/'))).toEqual([
      'reports/out/a.xml',
      'reports/out/b c/d.xml',
    ])
    const nodes = await bench.cluster.request(({ core }) => core.listNode())
    expect(nodes.items.map(({ metadata }) => metadata?.name)).toContain(result?.node)
    const key = { suite: id, sha: bench.repo.shas[1] ?? '', attempt: 0, generation: 0 }
    expect(Buffer.from((await bench.store.artifacts.get(key, 'reports/out/b c/d.xml')) ?? []).toString()).toBe('<s/>\n')
  })
})
