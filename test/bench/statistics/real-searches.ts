import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gradedRepository, rising } from '../../support/graded-repository.ts'
import { seededRandom } from '../../support/random.ts'
import type { Figure, Scale } from '../figure.ts'
import { bestReruns, ONCE } from './bisection.ts'
import { COMMITS, nameOf, percentage, type Row } from './culprit-rows.ts'
import { bisectByGit } from './real-bisect.ts'
import { searchInWorktrees } from './real-search.ts'

const SEED = 20_240_904
const TRIALS = 20

const ROWS: Row[] = [
  { before: 0.05, from: 1, minIncrease: 0.2 },
  { before: 0.2, from: 0.8, minIncrease: 0.2 },
  { before: 0.02, from: 0.3, minIncrease: 0.2 },
]

interface Outcome {
  isRight: boolean
  runs: number
  wallS: number
}

/** The same searches by real processes at real commits: ours in work trees, `git bisect run`, and that with reruns. */
export async function realSearches(scale: Scale): Promise<Figure[]> {
  const figures: Figure[] = []
  for (const row of ROWS) {
    const ways: Record<string, Outcome[]> = {}
    const random = seededRandom(SEED)
    for (let trial = 0; trial < scale(TRIALS); trial++) {
      for (const [way, outcome] of Object.entries(await searchEachWay(row, random))) {
        ways[way] = [...(ways[way] ?? []), outcome]
      }
    }
    figures.push(
      ...Object.entries(ways).flatMap(([way, outcomes]) => figuresOf(`${nameOf(row)}, processes, ${way}`, outcomes)),
    )
  }
  return figures
}

function figuresOf(name: string, outcomes: Outcome[]): Figure[] {
  return [
    percentage(`${name}: culprit not found`, outcomes, ({ isRight }) => !isRight),
    { name: `${name}: runs`, unit: 'runs', samples: outcomes.map(({ runs }) => runs) },
    { name: `${name}: wall time`, unit: 's', samples: outcomes.map(({ wallS }) => wallS) },
  ]
}

async function searchEachWay(row: Row, random: () => number): Promise<Record<string, Outcome>> {
  const culprit = 1 + Math.floor(random() * (COMMITS - 1))
  const grades = rising(COMMITS, culprit, 1_000 * row.before, 1_000 * row.from)
  const repository = await gradedRepository(grades)
  const folder = await mkdtemp(join(tmpdir(), 'cs-bench-'))
  const timed = async (search: () => Promise<{ position: number | null; runs: number }>): Promise<Outcome> => {
    const beganAtMs = performance.now()
    const { position, runs } = await search()
    return { isRight: position === culprit, runs, wallS: (performance.now() - beganAtMs) / 1_000 }
  }
  try {
    return {
      'commit-suite': await timed(() => searchInWorktrees(repository, folder, row, culprit, random)),
      'git bisect run': await timed(() => bisectByGit(repository, folder, ONCE)),
      'git bisect run, 5 runs a commit': await timed(() =>
        bisectByGit(repository, folder, bestReruns(5, row.before, row.from)),
      ),
    }
  } finally {
    await Promise.all([repository.remove(), rm(folder, { recursive: true, force: true })])
  }
}
