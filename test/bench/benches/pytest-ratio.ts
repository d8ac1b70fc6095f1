import { cp, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { makeFastapiRepository } from '../../fixtures/fastapi-repository.ts'
import { addUp, COMMAND, type CpuSplit, cpuDuring, cpuFigures, partsOf } from '../cpu-time.ts'
import type { Bench, Figure, Scale } from '../figure.ts'
import { type BenchStack, runSuite, withStack } from '../stack.ts'

const RUNS = 200
const PARALLELISM = 2
const PYTEST = 'python3 -m pytest -q'
const GOAL = 1.3
const ENVIRONMENT_FOLLOWS = '--- environment ---'
const LONGEST_OUTPUT = 1024 * 1024

interface Round {
  wallMs: number
  split: CpuSplit
}

/** A tree that holds the sources, and the environment in which `commit-suite run` runs the tests in its own. */
interface Prepared {
  folder: string
  env: Record<string, string>
}

function environmentIn(output: string): Record<string, string> {
  const lines = output.slice(output.indexOf(ENVIRONMENT_FOLLOWS)).split('\n')
  return Object.fromEntries(
    lines.flatMap((line) => {
      const [, name, value = ''] = /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/.exec(line) ?? []
      return name === undefined ? [] : [[name, value]]
    }),
  )
}

/**
 * Has the commit set up by a first suite. The prepared tree itself is not to be written to, so the rival works
 * in a copy, with the interpreter, the packages and the HOME of the prepared one.
 */
async function prepare({ home, store }: BenchStack, repo: string, sha: string, folder: string): Promise<Prepared> {
  const command = `${PYTEST} && echo '${ENVIRONMENT_FOLLOWS}' && env`
  await runSuite(home, ['--repo', repo, '--commits', sha, '--command', command, '--runs', '1', '--id', 'setup'])
  const key = { suite: 'setup', sha, attempt: 0, generation: 0, try: 1, stream: 'stdout' } as const
  const { bytes } = await store.logs.read(key, 0, LONGEST_OUTPUT)
  const [tree, ...others] = await readdir(join(home.config.stateDir, 'trees'))
  if (tree === undefined || others.length > 0) throw new Error('expected one prepared tree')
  await cp(join(home.config.stateDir, 'trees', tree, 'tree'), join(folder, 'tree'), { recursive: true })
  const env = environmentIn(Buffer.from(bytes).toString('utf8'))
  return { folder: join(folder, 'tree'), env: { ...env, TMPDIR: folder, PWD: join(folder, 'tree') } }
}

async function timed(parts: Parameters<typeof cpuDuring>[0], work: () => Promise<unknown>): Promise<Round> {
  let wallMs = 0
  const split = await cpuDuring(parts, async () => {
    const beganAtMs = performance.now()
    await work()
    wallMs = performance.now() - beganAtMs
  })
  return { wallMs, split }
}

async function byCommitSuite(bench: BenchStack, repo: string, sha: string, runs: number, id: string): Promise<Round> {
  const options = ['--repo', repo, '--commits', sha, '--command', PYTEST, '--id', id]
  const size = ['--runs', String(runs), '--parallelism', String(PARALLELISM)]
  return await timed(await partsOf(bench), () => runSuite(bench.home, [...options, ...size]))
}

/** xargs itself fails where one of the runs does. */
async function byXargs({ folder, env }: Prepared, runs: number): Promise<Round> {
  const each = `TEST_SEED=$0 PYTHONHASHSEED=$0 exec ${PYTEST}`
  return await timed([COMMAND], () =>
    execa('xargs', ['-P', String(PARALLELISM), '-n', '1', 'bash', '-c', each], {
      input: Array.from({ length: runs }, (_, index) => `${index + 1}\n`).join(''),
      stdout: 'ignore',
      stderr: 'ignore',
      cwd: folder,
      env,
      extendEnv: false,
    }),
  )
}

const sum = (rounds: Round[]): number => rounds.reduce((total, { wallMs }) => total + wallMs, 0)

function figures(ours: Round[], theirs: Round[], runs: number): Figure[] {
  const perRun = (rounds: Round[]) => rounds.map(({ wallMs }) => wallMs / runs)
  return [
    { name: 'ratio of the wall times', unit: '×', samples: [sum(ours) / sum(theirs)], goal: GOAL },
    { name: 'commit-suite: wall per run', unit: 'ms', samples: perRun(ours) },
    { name: 'xargs: wall per run', unit: 'ms', samples: perRun(theirs) },
    ...cpuFigures('commit-suite', addUp(ours.map(({ split }) => split)), runs * ours.length),
    ...cpuFigures('xargs', addUp(theirs.map(({ split }) => split)), runs * theirs.length),
  ]
}

async function measure(bench: BenchStack, repo: string, sha: string, folder: string, runs: number): Promise<Figure[]> {
  const prepared = await prepare(bench, repo, sha, folder)
  await byXargs(prepared, PARALLELISM)
  // In the order A B B A: what changes steadily on the machine meanwhile hits both alike.
  const ours = [await byCommitSuite(bench, repo, sha, runs, 'round-0')]
  const theirs = [await byXargs(prepared, runs), await byXargs(prepared, runs)]
  ours.push(await byCommitSuite(bench, repo, sha, runs, 'round-1'))
  return figures(ours, theirs, runs)
}

async function run(scale: Scale): Promise<Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'cs-bench-'))
  try {
    const { path, shas } = await makeFastapiRepository(join(folder, 'repository'))
    const env = { COMMIT_SUITE_SLOTS: String(PARALLELISM) }
    return await withStack(env, (bench) => measure(bench, path, shas[0] ?? 'HEAD', folder, scale(RUNS)))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

export const pytestRatio: Bench = {
  name: 'pytest-ratio',
  description: `The same ${RUNS} pytest runs by \`commit-suite run\` and by \`xargs -P${PARALLELISM}\`, two rounds each, the stack up and the set-up done.`,
  byDefault: true,
  run,
}
