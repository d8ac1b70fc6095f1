import type { Bench, Figure, Scale } from '../figure.ts'
import { type HistoryDatabase, type OpenHistoryDatabase, openPostgres, openSqlite } from '../history/database.ts'
import { foldInBulk } from '../history/fold-in-bulk.ts'
import { FLAKY, type GeneratedHistory, generate, REMOVED, REPO, STEADY } from '../history/generate.ts'

const SIZE: GeneratedHistory = { repos: 4, suites: 250, commits: 10, runs: 1_000, tests: 2_000 }
const TIMES = 100
/** What a query may take with ten million results. */
const GOAL_MS = 100

const ofTest = (test: string, more = ''): string =>
  `/v1/tests/history?repo=${encodeURIComponent(REPO(1))}&test=${encodeURIComponent(test)}${more}`
const ofRepo = (more: string): string => `/v1/tests?repo=${encodeURIComponent(REPO(1))}${more}`

const QUERIES: Record<string, string> = {
  'tests of a repository, highest rate first': ofRepo(''),
  'flaky tests, newest failure first': ofRepo('&flaky=1&sort=recent'),
  'tests of the last 7 days by name': ofRepo('&sort=name&days=7'),
  'tests of all repositories': '/v1/tests',
  'history of a flaky test': ofTest(FLAKY),
  'history of a flaky test, 30 days': ofTest(FLAKY, '&days=30'),
  'history of a test that never failed': ofTest(STEADY),
  'history of a test removed long ago': ofTest(REMOVED),
}

/** The bench on one database; another one is another `open`. */
const historyBench = (name: string, open: OpenHistoryDatabase): Bench => ({
  name: `history-${name}`,
  description: 'Ten million generated results: folding them, and what the gateway answers about tests.',
  byDefault: false,
  async run(scale) {
    const database = await open()
    try {
      return [...(await fill(database, scale)), ...(await ask(database, scale))]
    } finally {
      await database.remove()
    }
  },
})

export const sqliteHistory = historyBench('sqlite', openSqlite)
export const postgresHistory = historyBench('postgres', openPostgres)

/** Commits that are folded as a worker does it; of all others statements say what that comes to, in a hundredth of the time. */
const FOLDED_SUITES = 10

async function fill(database: HistoryDatabase, scale: Scale): Promise<Figure[]> {
  const size = { ...SIZE, suites: Math.max(4, scale(SIZE.suites)) }
  const begunMs = performance.now()
  await generate(database, size)
  const generatedMs = performance.now()
  await foldInBulk(database)
  const bulkMs = performance.now()
  const foldedMs: number[] = []
  for (const suite of await generate(database, { ...size, repos: 1, suites: FOLDED_SUITES }, size.repos)) {
    const atMs = performance.now()
    await database.store.history.foldSuite(suite)
    foldedMs.push((performance.now() - atMs) / size.commits)
  }
  const results = size.repos * size.suites * size.commits * size.runs
  return [
    { name: 'results generated', unit: 'runs', samples: [results] },
    { name: 'generating them', unit: 's', samples: [(generatedMs - begunMs) / 1_000] },
    { name: 'folding them in bulk', unit: 's', samples: [(bulkMs - generatedMs) / 1_000] },
    { name: `folding a commit of ${size.runs} runs of ${size.tests} tests`, unit: 'ms', samples: foldedMs },
    { name: 'database', unit: 'MB', samples: [(await database.sizeBytes()) / 1024 / 1024] },
  ]
}

async function ask(database: HistoryDatabase, scale: Scale): Promise<Figure[]> {
  const { url, stop } = await database.serve()
  try {
    const figures: Figure[] = []
    for (const [name, path] of Object.entries(QUERIES)) {
      const samples: number[] = []
      // The first one prepares what the others use.
      await timeOf(`${url}${path}`)
      for (let time = 0; time < scale(TIMES); time++) samples.push(await timeOf(`${url}${path}`))
      figures.push({ name, unit: 'ms', samples, goal: GOAL_MS })
    }
    return figures
  } finally {
    await stop()
  }
}

/** From the request to the last byte of the answer. */
async function timeOf(url: string): Promise<number> {
  const begunMs = performance.now()
  const response = await fetch(url)
  const text = await response.text()
  if (response.status !== 200) throw new Error(`${url}: ${response.status} ${text}`)
  return performance.now() - begunMs
}
