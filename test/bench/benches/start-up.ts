import type { SuiteEvent } from '../../../src/contract/index.ts'
import { Home } from '../../support/home.ts'
import { plainRepository } from '../../support/repository.ts'
import type { Bench, Figure, Scale } from '../figure.ts'
import { allEvents, runSuite, withStack } from '../stack.ts'

const TIMES = 5
const MILESTONES = ['commit.resolved', 'environment.step', 'run.started'] as const
type Milestone = (typeof MILESTONES)[number]

/** Ms from the start of the command to the first event of each kind. */
type Milestones = Record<Milestone, number>

function milestones(events: SuiteEvent[], beganAtMs: number): Milestones {
  const first = (type: Milestone) => {
    const event = events.find((each) => each.type === type)
    if (event === undefined) throw new Error(`the suite has no event ${type}`)
    return Date.parse(event.at) - beganAtMs
  }
  return {
    'commit.resolved': first('commit.resolved'),
    'environment.step': first('environment.step'),
    'run.started': first('run.started'),
  }
}

const options = (repo: string, id: string) => [
  '--repo',
  repo,
  '--no-setup',
  '--command',
  'true',
  '--runs',
  '1',
  '--id',
  id,
]

async function fromNothing(repo: string): Promise<Milestones> {
  const home = await Home.make()
  try {
    const beganAtMs = Date.now()
    await runSuite(home, options(repo, 'first'))
    const store = await home.store()
    try {
      return milestones(await allEvents(store, 'first'), beganAtMs)
    } finally {
      await store.close()
    }
  } finally {
    await home.dispose()
  }
}

async function withStackUp(repo: string, times: number): Promise<Milestones[]> {
  return await withStack({}, async ({ home, store }) => {
    const measured: Milestones[] = []
    await runSuite(home, options(repo, 'before'))
    for (let time = 0; time < times; time++) {
      const beganAtMs = Date.now()
      await runSuite(home, options(repo, `time-${time}`))
      measured.push(milestones(await allEvents(store, `time-${time}`), beganAtMs))
    }
    return measured
  })
}

const WORDS: Record<Milestone, string> = {
  'commit.resolved': 'the commits are known',
  'environment.step': 'a place for them is found',
  'run.started': 'the first run has started',
}

function figures(from: string, measured: Milestones[], goalMs?: number): Figure[] {
  return MILESTONES.map((type) => ({
    name: `${from} until ${WORDS[type]}`,
    unit: 'ms',
    samples: measured.map((times) => times[type]),
    ...(type === 'run.started' && goalMs !== undefined ? { goal: goalMs } : {}),
  }))
}

async function run(scale: Scale): Promise<Figure[]> {
  const repo = await plainRepository()
  try {
    // The first one makes the workflow bundle, which an installed package brings along.
    await fromNothing(repo.path)
    const cold: Milestones[] = []
    for (let time = 0; time < scale(TIMES); time++) cold.push(await fromNothing(repo.path))
    const warm = await withStackUp(repo.path, scale(TIMES))
    return [...figures('from nothing', cold, 3_000), ...figures('stack up,', warm)]
  } finally {
    await repo.remove()
  }
}

export const startUp: Bench = {
  name: 'start-up',
  description: 'From the command to its first run, on an empty state directory and with the stack already up.',
  byDefault: true,
  run,
}
