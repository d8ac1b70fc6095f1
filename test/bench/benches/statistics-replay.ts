import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { suiteReportSchema } from '../../../src/contract/index.ts'
import { makeSeededFlakes } from '../../fixtures/seeded-flakes-repository.ts'
import type { Home } from '../../support/home.ts'
import type { Bench, Figure, Scale } from '../figure.ts'
import { withStack } from '../stack.ts'

const RUNS = 12
const FAILURES = 2
const TIMES = 5
const SEED = 20_260_131

interface Flake {
  name: string
  file: string
  /** The first commit needs nothing but pytest, the second pytest-randomly. */
  commit: 0 | 1
  shuffle?: true
}

const FLAKES: Flake[] = [
  { name: 'hash seed', file: 'tests/test_hash.py', commit: 0 },
  { name: 'seeded generator', file: 'tests/test_generator.py', commit: 0 },
  { name: 'order by --shuffle', file: 'tests/test_order.py', commit: 0, shuffle: true },
  { name: 'order by pytest-randomly', file: 'tests/test_order.py', commit: 1 },
  { name: 'random numbers by pytest-randomly', file: 'tests/test_module.py', commit: 1 },
]

const replayedSchema = z.object({ reproduced: z.int(), counted: z.int(), times: z.int() })

/** Ids of the first failing runs of a flake; undefined where its set-up failed. */
async function findFailures(home: Home, repo: string, sha: string, { file, shuffle }: Flake, wanted: number) {
  const command = `python3 -m pytest -q ${file}`
  const options = ['--repo', repo, '--commits', sha, '--command', command, '--runs', String(RUNS)]
  const order = shuffle === true ? ['--shuffle'] : []
  const { stdout, stderr } = await home.cli('run', ...options, ...order, '--seed', String(SEED), '--json')
  const [commit] = suiteReportSchema.parse(JSON.parse(stdout)).commits
  if (commit?.reason === 'setup_failed') return undefined
  const failing = (commit?.results ?? []).filter(({ outcome }) => outcome === 'failed').slice(0, wanted)
  if (failing.length === 0) throw new Error(`${command} did not fail in ${RUNS} runs:\n${stderr}`)
  return failing.map(({ id }) => id)
}

/** Of the repetitions of one run, how many ended as it did; one that gave no result did not. */
async function replay(home: Home, run: string): Promise<{ reproduced: number; times: number }> {
  const { stdout, stderr } = await home.cli('replay', run, '--times', String(TIMES), '--json')
  const parsed = replayedSchema.safeParse(stdout === '' ? undefined : JSON.parse(stdout))
  if (!parsed.success) throw new Error(`replay of ${run}: ${stderr}`)
  return parsed.data
}

/** Shares, in percent, of the repetitions of each failing run that ended as it did; undefined as above. */
async function measureFlake(home: Home, repo: string, sha: string, flake: Flake, wanted: number) {
  const runs = await findFailures(home, repo, sha, flake, wanted)
  if (runs === undefined) {
    process.stderr.write(`  ${flake.name}: left out, because its set-up (pytest-randomly) failed here\n`)
    return undefined
  }
  const shares: number[] = []
  for (const run of runs) {
    const { reproduced, times } = await replay(home, run)
    shares.push((100 * reproduced) / times)
  }
  return shares
}

const figure = (name: string, samples: number[]): Figure => ({ name, unit: '%', samples })

async function run(scale: Scale): Promise<Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'cs-bench-'))
  try {
    const { path, shas } = await makeSeededFlakes(join(folder, 'repository'))
    return await withStack({}, async ({ home }) => {
      const measured: Figure[] = []
      for (const flake of FLAKES) {
        const shares = await measureFlake(home, path, shas[flake.commit] ?? 'HEAD', flake, scale(FAILURES))
        if (shares !== undefined) measured.push(figure(`by flake: ${flake.name}`, shares))
      }
      const all = measured.flatMap(({ samples }) => samples)
      return [figure(`replays that ended as recorded, of ${all.length} failing runs × ${TIMES}`, all), ...measured]
    })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

export const statisticsReplay: Bench = {
  name: 'statistics-replay',
  description: `Up to ${FAILURES} failing runs of each of ${FLAKES.length} flakes that hang on the seed, each replayed ${TIMES} times.`,
  byDefault: false,
  run,
}
