import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connectCluster } from '../../src/executors/kubernetes/cluster/connect.ts'
import type { Store } from '../../src/store/store.ts'
import { freePort } from '../support/free-port.ts'
import { Home } from '../support/home.ts'
import { TestPostgres } from '../support/postgres.ts'
import { startGateway, startWorker, temporalServer } from '../support/programs.ts'
import { plainRepository, type TestRepository } from '../support/repository.ts'
import { ClusterPart, PodsPart } from './cluster-parts.ts'
import { DatabasePart } from './database-part.ts'
import { type Part, ProgramPart } from './part.ts'
import { RunnerPart } from './runner-part.ts'

const HOSTS = ['a', 'b'] as const
const COMMITS = 3
const STAGE_ENV = { COMMIT_SUITE_SLOTS: '3', COMMIT_SUITE_LOG_LEVEL: 'error' }
const NO_CLUSTER = { KUBECONFIG: '/nowhere' }

/** A small installation: one Temporal server, one PostgreSQL, two hosts with a worker each, two gateways. */
export class Stage {
  readonly parts = new Map<string, Part>()
  readonly workers: Home[] = []
  readonly gateways: string[] = []
  readonly #homes: Home[] = []
  readonly #undo: (() => Promise<unknown>)[] = []
  #made: { client: Home; store: Store; repository: TestRepository; temporal: string } | undefined

  get client(): Home {
    return this.#all.client
  }
  get store(): Store {
    return this.#all.store
  }
  get repository(): TestRepository {
    return this.#all.repository
  }
  /** Address of the Temporal server. */
  get temporal(): string {
    return this.#all.temporal
  }

  get #all() {
    if (this.#made === undefined) throw new Error('the stage is not set')
    return this.#made
  }

  /** @param kubeconfig of the test cluster, whose parts and pods then suffer too */
  async set(kubeconfig?: string): Promise<void> {
    const database = await TestPostgres.start()
    this.#part('database', new DatabasePart(database))
    const server = await temporalServer(await this.#home({}))
    await this.#program('temporal', server.start, ['kill', 'freeze'])
    const artifacts = await mkdtemp(join(tmpdir(), 'cs-artifacts-'))
    this.#undo.push(() => rm(artifacts, { recursive: true, force: true }))
    const shared = {
      ...{ ...STAGE_ENV, ...(kubeconfig === undefined ? NO_CLUSTER : { KUBECONFIG: kubeconfig }) },
      ...{ TEMPORAL_ADDRESS: server.address, COMMIT_SUITE_TEMPORAL_UI: server.ui },
      ...{ COMMIT_SUITE_DATABASE_URL: await database.database(), COMMIT_SUITE_ARTIFACTS: artifacts },
    }
    const [client, repository] = [await this.#home(shared), await plainRepository(COMMITS)]
    this.#undo.push(() => repository.remove())
    const store = await client.store()
    this.#made = { client, store, repository, temporal: server.address }
    for (const host of HOSTS) await this.#host(host, shared)
    if (kubeconfig === undefined) return
    this.#part('cluster', new ClusterPart())
    this.#part('pods', new PodsPart(await connectCluster({ kubeconfig })))
  }

  async #host(host: string, shared: Record<string, string>): Promise<void> {
    const worker = await this.#home(shared)
    this.workers.push(worker)
    await this.#program(`worker-${host}`, () => startWorker(worker))
    this.#part(`runner-${host}`, new RunnerPart(worker))
    const [gateway, port] = [await this.#home(shared), await freePort()]
    this.gateways.push(`http://127.0.0.1:${port}`)
    await this.#program(`gateway-${host}`, () => startGateway(gateway, port))
  }

  async #home(env: Record<string, string>): Promise<Home> {
    const home = await Home.make(env)
    this.#homes.push(home)
    return home
  }

  async #program(...[name, start, kinds]: [string, ...ConstructorParameters<typeof ProgramPart>]): Promise<void> {
    const part = new ProgramPart(start, kinds)
    this.#part(name, part)
    await part.start()
  }

  #part(name: string, part: Part): void {
    this.parts.set(name, part)
  }

  /** Ends everything, what was started last first. */
  async clear(): Promise<void> {
    await this.#made?.store.close()
    for (const part of [...this.parts.values()].toReversed()) await part.stop()
    for (const home of this.#homes) await home.dispose()
    for (const undo of this.#undo) await undo()
  }
}
