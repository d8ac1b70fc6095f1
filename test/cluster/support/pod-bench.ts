import type { V1Pod } from '@kubernetes/client-node'
import { sha12 } from '../../../src/contract/index.ts'
import type { Cluster } from '../../../src/executors/kubernetes/cluster/cluster.ts'
import { connectCluster } from '../../../src/executors/kubernetes/cluster/connect.ts'
import { isRefusal } from '../../../src/executors/kubernetes/cluster/refusal.ts'
import { KEYS, laneNamespace } from '../../../src/executors/kubernetes/names.ts'
import type { Store } from '../../../src/store/store.ts'
import { Home } from '../../support/home.ts'
import { plainRepository, type TestRepository } from '../../support/repository.ts'
import { until } from '../../support/until.ts'

/** A state directory, a repository and the cluster: what suites in pods are tested with. */
export class PodBench {
  readonly home: Home
  readonly repo: TestRepository
  readonly store: Store
  readonly cluster: Cluster
  readonly #suites = new Set<string>()

  constructor(home: Home, repo: TestRepository, store: Store, cluster: Cluster) {
    this.home = home
    this.repo = repo
    this.store = store
    this.cluster = cluster
  }

  static async make(env: Record<string, string> = {}, commits = 1): Promise<PodBench> {
    if (process.env.KUBECONFIG === undefined) throw new Error('KUBECONFIG names no cluster: see docs/test-cluster.md')
    const [home, repo, cluster] = await Promise.all([
      Home.make(env),
      plainRepository(commits),
      connectCluster(undefined),
    ])
    return new PodBench(home, repo, await home.store(), cluster)
  }

  /** An id that no other test run has. */
  id(name: string): string {
    const id = `${name}-${process.pid.toString(36)}-${Date.now().toString(36)}`
    this.#suites.add(id)
    return id
  }

  /** Arguments of `run` for a suite in pods over all commits, without a set-up. */
  suite(id: string, command: string, runs: number, ...more: string[]): string[] {
    const commits = this.repo.shas.map((_, index) => `HEAD~${this.repo.shas.length - 1 - index}`).join(',')
    return [
      ...['run', '--repo', this.repo.path, '--commits', commits, '--no-setup', '--executor', 'kubernetes'],
      ...['--id', id, '--command', command, '--runs', String(runs), ...more],
    ]
  }

  namespaceOf(suite: string, commit = 0): string {
    return laneNamespace(suite, this.repo.shas[commit] ?? '')
  }

  async pods(suite: string): Promise<V1Pod[]> {
    const { items } = await this.cluster.request(({ core }) =>
      core.listPodForAllNamespaces({ labelSelector: `${KEYS.suite}=${suite}` }),
    )
    return items
  }

  /** What a run printed in its first try, so far: at most 1 MB from a byte on. */
  stdout(suite: string, { attempt = 0, from = 0 } = {}): Promise<string> {
    return this.#printed(suite, attempt, 'stdout', from)
  }

  stderr(suite: string, { attempt = 0, from = 0 } = {}): Promise<string> {
    return this.#printed(suite, attempt, 'stderr', from)
  }

  async #printed(suite: string, attempt: number, stream: 'stdout' | 'stderr', from: number): Promise<string> {
    const key = { suite, sha: this.repo.shas[0] ?? '', attempt, generation: 0, try: 1, stream } as const
    return Buffer.from((await this.store.logs.read(key, from, 1_000_000)).bytes).toString()
  }

  /**
   * Makes a file where the command of a suite's only run is, which says where that is by `pwd` first; of a run that was
   * tried again, in another pod than the lost one.
   */
  async touch(suite: string, file: string, lostPod?: string): Promise<void> {
    const touch = await this.toucher(suite, lostPod)
    await touch(file)
  }

  /** Looks up once where the run is: to read a long output again for each file takes long. */
  async toucher(suite: string, lostPod?: string): Promise<(file: string) => Promise<void>> {
    await until('its command runs', () => this.#goesOn(suite, lostPod === undefined ? 1 : 2), 120_000)
    await until('it has said where it is', async () => (await this.stdout(suite)).includes('\n'))
    const [folder = ''] = (await this.stdout(suite)).split('\n', 1)
    let running: V1Pod | undefined
    await until('its pod runs', async () => {
      const others = (await this.pods(suite)).filter(({ metadata }) => metadata?.name !== lostPod)
      running = others.find(
        ({ metadata, status }) => status?.phase === 'Running' && metadata?.labels?.['commit-suite/role'] !== 'prepare',
      )
      return running !== undefined
    })
    const { name: pod = '', namespace = '' } = running?.metadata ?? {}
    const container = running?.spec?.containers[0]?.name ?? ''
    return async (file) => {
      await until('the file is there', async () => {
        const touch = ['touch', `${folder}/${file}`]
        const options = { signal: AbortSignal.timeout(30_000), onStdout: () => undefined }
        try {
          const session = await this.cluster.exec({ namespace, pod, container }, touch, options)
          return (await session.ended).exitCode === 0
        } catch (error) {
          // Some commands end their container as soon as they see it.
          if (String(error).includes('container not found')) return true
          throw error
        }
      })
    }
  }

  /** Whether the command of the only run goes on, in this try or a later one: files made before are lost to the tree. */
  async #goesOn(suite: string, least: number): Promise<boolean> {
    const events = await this.store.events.read(suite, 0, 1000)
    const last = events.findLast(({ type }) => type === 'run.started' || type === 'run.retried')
    return last?.type === 'run.started' && last.data.try >= least
  }

  /** Names of runs whose command has begun and not ended. */
  async running(suite: string): Promise<string[]> {
    const events = await this.store.events.read(suite, 0, 100_000)
    const open = new Set<string>()
    for (const event of events) {
      if (event.type === 'run.started') open.add(event.data.run)
      if (event.type === 'run.finished' || event.type === 'run.retried') open.delete(event.data.run)
    }
    return [...open]
  }

  async untilRunning(suite: string, runs: number): Promise<void> {
    await until(`${runs} runs of ${suite} go on`, async () => (await this.running(suite)).length >= runs, 120_000)
  }

  /** Whether they go on still or not: of pods that start one after another, the first may have ended by then. */
  async untilBegun(suite: string, runs: number): Promise<void> {
    const begun = async () => {
      const events = await this.store.events.read(suite, 0, 100_000)
      return new Set(events.flatMap((event) => (event.type === 'run.started' ? [event.data.run] : []))).size
    }
    await until(`${runs} runs of ${suite} have begun`, async () => (await begun()) >= runs, 120_000)
  }

  async namespaceExists(name: string): Promise<boolean> {
    try {
      await this.cluster.request(({ core }) => core.readNamespace({ name }))
      return true
    } catch (error) {
      if (isRefusal(error, 404)) return false
      throw error
    }
  }

  async dispose(): Promise<void> {
    await this.store.close()
    await this.home.dispose()
    await this.repo.remove()
    for (const suite of this.#suites) await this.#removeNamespaces(suite)
    await this.cluster.close()
  }

  /** Those of suites that a failed test left; asked for only, their end takes 5 to 11 s. */
  async #removeNamespaces(suite: string): Promise<void> {
    for (const sha of this.repo.shas) {
      const name = laneNamespace(suite, sha)
      if (!name.endsWith(sha12(sha))) continue
      await this.cluster.request(({ core }) => core.deleteNamespace({ name })).catch(() => undefined)
    }
  }
}
