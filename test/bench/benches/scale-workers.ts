import { signalProcess } from '../../../src/executors/local/runner/process-tree.ts'
import { Home } from '../../support/home.ts'
import { TestPostgres } from '../../support/postgres.ts'
import { type Running, startWorker, temporalServer } from '../../support/programs.ts'
import { plainRepository } from '../../support/repository.ts'
import type { Bench, Figure, Scale } from '../figure.ts'
import { suitesAtOnce } from '../suites-at-once.ts'

const WORKERS = [1, 2, 4]
const SLOTS = 8
const SUITES = 8
const RUNS = 30
const SLEEP_S = 2

interface Place {
  address: string
  database: string
  repo: string
}

/** Runs per second of suites whose runs only sleep, with so many workers of eight slots each. */
async function throughput({ address, database, repo }: Place, workers: number, runs: number): Promise<number> {
  const env = { TEMPORAL_ADDRESS: address, COMMIT_SUITE_DATABASE_URL: database, COMMIT_SUITE_SLOTS: String(SLOTS) }
  const homes: Home[] = []
  const running: Running[] = []
  try {
    for (let number = 0; number < workers; number++) {
      const home = await Home.make({ ...env, KUBECONFIG: '/nowhere', COMMIT_SUITE_LOG_LEVEL: 'error' })
      homes.push(home)
      running.push(await startWorker(home))
    }
    const store = await homes[0]?.store()
    if (store === undefined) throw new Error('there is no worker')
    try {
      const ids = Array.from({ length: SUITES }, (_, index) => `of-${workers}-${index}`)
      const request = { repo, command: { shell: `sleep ${SLEEP_S}` }, setup: null, runs, parallelism: SLOTS }
      const spanMs = await suitesAtOnce({ address, namespace: 'default', store, ids, request })
      return (SUITES * runs * 1_000) / spanMs
    } finally {
      await store.close()
    }
  } finally {
    for (const { pid } of running) signalProcess(pid, 'SIGTERM')
    await Promise.all(running.map(({ ended }) => ended))
    for (const home of homes) await home.dispose()
  }
}

async function measure(scale: Scale): Promise<Figure[]> {
  const [server, repo, home] = [await TestPostgres.start(), await plainRepository(), await Home.make()]
  const temporal = await temporalServer(home)
  const up = await temporal.start()
  try {
    const rates: number[] = []
    for (const workers of WORKERS) {
      const place = { address: temporal.address, database: await server.database(), repo: repo.path }
      rates.push(await throughput(place, workers, scale(RUNS)))
    }
    const [one = Number.NaN] = rates
    return WORKERS.flatMap((workers, index): Figure[] => [
      {
        name: `${workers} × ${SLOTS} slots: runs of ${SLEEP_S} s per minute`,
        unit: 'runs',
        samples: [(rates[index] ?? 0) * 60],
      },
      ...(index === 0
        ? []
        : [{ name: `${workers} workers beside one`, unit: '×' as const, samples: [(rates[index] ?? 0) / one] }]),
    ])
  } finally {
    signalProcess(up.pid, 'SIGKILL')
    await up.ended
    await server.dispose()
    await repo.remove()
    await home.dispose()
  }
}

export const scaleWorkers: Bench = {
  name: 'scale-workers',
  description: `${SUITES} suites of runs that sleep ${SLEEP_S} s on one, two and four workers of ${SLOTS} slots each, on one PostgreSQL.`,
  byDefault: false,
  run: measure,
}
