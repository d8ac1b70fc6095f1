import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client, Connection } from '@temporalio/client'
import { execa } from 'execa'
import type { Store } from '../../src/store/store.ts'
import { connectSuites, type GatewayControl } from '../../src/temporal/connect.ts'
import { findServerBinary } from '../../src/temporal/server-binary.ts'
import { Home } from './home.ts'
import { TestPostgres } from './postgres.ts'
import { plainRepository, type TestRepository } from './repository.ts'
import { startTestServer, type TestServer } from './temporal-server.ts'
import { until } from './until.ts'

/** A worker in a process of its own. */
export interface WorkerProcess {
  pid: number
  /** SIGTERM; resolves with its exit code and what it said. */
  stop(): Promise<{ exitCode: number | undefined; stderr: string }>
}

interface FleetParts {
  server: TestServer
  postgres: TestPostgres
  repo: TestRepository
  /** Each execution of a run leaves a mark here. */
  marks: string
  /** Of every machine. */
  env: Record<string, string>
  store: Store
  control: GatewayControl
  client: Client
}

/** Machines that share a Temporal server, a PostgreSQL and a folder of artifacts, and nothing else. */
export class Fleet implements FleetParts {
  readonly server: TestServer
  readonly postgres: TestPostgres
  readonly repo: TestRepository
  readonly marks: string
  readonly env: Record<string, string>
  readonly store: Store
  readonly control: GatewayControl
  readonly client: Client
  readonly #homes: Home[] = []
  readonly #stops: (() => Promise<unknown>)[] = []

  private constructor({ server, postgres, repo, marks, env, store, control, client }: FleetParts) {
    this.server = server
    this.postgres = postgres
    this.repo = repo
    this.marks = marks
    this.env = env
    this.store = store
    this.control = control
    this.client = client
  }

  static async start(commits: number): Promise<Fleet> {
    const [server, postgres, repo, shared] = await Promise.all([
      startTestServer(),
      TestPostgres.start(),
      plainRepository(commits),
      mkdtemp(join(tmpdir(), 'cs-fleet-')),
    ])
    const env = {
      TEMPORAL_ADDRESS: server.address,
      COMMIT_SUITE_DATABASE_URL: await postgres.database(),
      COMMIT_SUITE_ARTIFACTS: join(shared, 'artifacts'),
      KUBECONFIG: '',
    }
    const home = await Home.make(env)
    const store = await home.store()
    const control = await connectSuites({ address: server.address, namespace: 'default', store })
    const client = new Client({ connection: await Connection.connect({ address: server.address }) })
    const fleet = new Fleet({ server, postgres, repo, marks: shared, env, store, control, client })
    fleet.#homes.push(home)
    return fleet
  }

  /** Another machine: a state directory of its own. */
  async machine(env: Record<string, string> = {}): Promise<Home> {
    const home = await Home.make({ ...this.env, ...env })
    this.#homes.push(home)
    return home
  }

  /** Starts a worker and waits until it polls. */
  async worker(home: Home, ...args: string[]): Promise<WorkerProcess> {
    const child = home.start('worker', ...args)
    const stop = async () => {
      child.kill('SIGTERM')
      const { exitCode, stderr } = await child
      return { exitCode, stderr }
    }
    this.#stops.push(stop)
    let said = ''
    child.stderr.on('data', (piece: Buffer) => {
      said += piece.toString()
    })
    let ended = false
    void child.then(() => {
      ended = true
    })
    const ready = () => ended || said.includes('ready: working')
    await until('the worker polls', ready, 120_000).catch(() => undefined)
    if (ended || !ready()) throw new Error(`the worker ${ended ? 'ended' : 'is not ready'}: ${said}`)
    return { pid: child.pid ?? 0, stop }
  }

  /** Starts a suite over all commits whose runs note where they happen and then do `work`. */
  async suite(id: string, { runs, work }: { runs: number; work: string }): Promise<void> {
    const last = this.repo.shas.length - 1
    await this.control.start({
      ...{ id, repo: this.repo.path, runs, parallelism: 4, setup: null, env: { MARKS: this.marks } },
      commits: this.repo.shas.map((_, index) => `HEAD~${last - index}`),
      command: { shell: `echo "$PWD" >> "$MARKS/${id}.$(cat number).$ATTEMPT"; ${work}` },
    })
  }

  /** What all runs but the first of each commit do: wait until `release`. */
  held(id: string): string {
    return `[ "$ATTEMPT" -eq 0 ] || until [ -e "$MARKS/go.${id}" ]; do sleep 0.05; done`
  }

  async release(id: string): Promise<void> {
    await writeFile(join(this.marks, `go.${id}`), '')
  }

  /** The folders in which each run of a suite was executed, once for each execution. */
  async executions(suite: string): Promise<string[][]> {
    const names = (await readdir(this.marks)).filter((name) => name.startsWith(`${suite}.`))
    const texts = await Promise.all(names.map((name) => readFile(join(this.marks, name), 'utf8')))
    return texts.map((text) => text.split('\n').filter((line) => line !== ''))
  }

  async finished(suite: string): Promise<number> {
    const tallies = await this.store.results.tallies(suite)
    return [...tallies.values()].flatMap((tally) => Object.values(tally)).reduce((sum, n) => sum + n, 0)
  }

  async untilFinished(suite: string, runs: number): Promise<void> {
    await until(`${runs} runs of ${suite} are on record`, async () => (await this.finished(suite)) >= runs)
  }

  async untilCompleted(suite: string): Promise<void> {
    const completed = async () => (await this.store.suites.get(suite))?.status === 'completed'
    await until(`${suite} is completed`, completed, 120_000)
  }

  /** Makes a version of the deployment `fleet` current, once the server has heard of it. */
  async makeCurrent(buildId: string): Promise<void> {
    const { path } = await findServerBinary(this.server.config)
    const what = ['--deployment-name', 'fleet', '--build-id', buildId, '--yes', '--address', this.server.address]
    const tried = () => execa(path, ['worker', 'deployment', 'set-current-version', ...what], { reject: false })
    await until(`version ${buildId} is current`, async () => (await tried()).exitCode === 0)
  }

  async dispose(): Promise<void> {
    await Promise.all(this.#stops.map((stop) => stop()))
    await Promise.all([this.control.close(), this.client.connection.close(), this.store.close()])
    await Promise.all(this.#homes.map((home) => home.dispose()))
    await Promise.all([this.server.stop(), this.postgres.dispose(), this.repo.remove()])
    await rm(this.marks, { recursive: true, force: true })
  }
}
