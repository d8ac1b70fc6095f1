import { join } from 'node:path'
import { execa } from 'execa'
import { linearRange } from '../../../src/stats/culprit/commit-range.ts'
import type { Observation } from '../../../src/stats/culprit/counts.ts'
import { decideSearch } from '../../../src/stats/culprit/decide.ts'
import { nextBatch } from '../../../src/stats/culprit/next-batch.ts'
import { CHECK_COMMAND } from '../../support/graded-repository.ts'
import type { TestRepository } from '../../support/repository.ts'
import { runAt } from '../../support/simulated-search.ts'
import type { Row } from './culprit-rows.ts'

const SEEDS = 1_000_000_000

/** Our search over real processes: a work tree per commit, batches of 8, stop at .99; earlier runs are on record. */
export async function searchInWorktrees(
  { path, shas }: TestRepository,
  folder: string,
  { before, from, minIncrease }: Row,
  culprit: number,
  random: () => number,
): Promise<{ position: number | null; runs: number }> {
  const range = linearRange(shas.length)
  const draw = runAt({ range, culprit, rateBefore: before, rateFrom: from }, random)
  const onRecord = [
    { position: 0, ...draw(0, 200) },
    { position: shas.length - 1, ...draw(shas.length - 1, 20) },
  ]
  const observations: Observation[] = [...onRecord]
  const prepared = new Map<number, string>()
  // Counted up from there, so that no seed is used at two commits.
  const firstSeed = Math.floor(random() * SEEDS)
  let runs = 0
  for (;;) {
    const decided = decideSearch(range, { observations }, { confidence: 0.99, minIncrease })
    if (decided.answer !== 'continue') return { position: decided.answer === 'culprit' ? decided.position : null, runs }
    const batch = nextBatch(range, { observations }, { width: 8, maxCommits: 4, prepared: new Set(prepared.keys()) })
    for (const { position } of batch) {
      if (prepared.has(position)) continue
      const tree = join(folder, `tree-${position}`)
      await execa('git', ['worktree', 'add', '--quiet', '--detach', tree, shas[position] ?? ''], { cwd: path })
      prepared.set(position, tree)
    }
    const tests = batch.flatMap(({ position, runs: count }) => Array<number>(count).fill(position))
    const done = await Promise.all(
      tests.map((position, index) => check(prepared.get(position) ?? path, firstSeed + runs + index)),
    )
    for (const [index, position] of tests.entries()) {
      observations.push({ position, failures: done[index] === true ? 1 : 0, runs: 1 })
    }
    runs += tests.length
  }
}

/** Whether the check failed. */
async function check(cwd: string, seed: number): Promise<boolean> {
  const [file = '', ...args] = CHECK_COMMAND.split(' ')
  const { failed } = await execa(file, args, { cwd, env: { TEST_SEED: String(seed) }, reject: false })
  return failed
}
