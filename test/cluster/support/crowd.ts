import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { until } from '../../support/until.ts'
import { allocatableMillicores } from './node-room.ts'
import { OURS } from './own-cluster.ts'
import { PodBench } from './pod-bench.ts'

const RUNS = 100
const ROOM = 20
/** A list of a hundred pods is work for the API server: more of them would slow down what is watched. */
const POLL_MS = 250

/** A bench whose template `twentieth` asks for a twentieth of the node, and how a crowd of its runs goes. */
export class Crowd {
  readonly bench: PodBench
  readonly #templates: string

  private constructor(bench: PodBench, templates: string) {
    this.bench = bench
    this.#templates = templates
  }

  static async make(): Promise<Crowd> {
    const templates = await mkdtemp(join(tmpdir(), 'cs-templates-'))
    const bench = await PodBench.make({ COMMIT_SUITE_TEMPLATES: templates })
    await mkdir(join(templates, 'twentieth'))
    // A twenty-first does not fit, as what is cut off is less than one.
    const cpu = Math.floor((await allocatableMillicores(bench.cluster)) / ROOM)
    const resources = `{requests: {cpu: ${cpu}m, memory: 16Mi}, limits: {cpu: 1, memory: 256Mi}}`
    await writeFile(
      join(templates, 'twentieth', 'template.yaml'),
      `image: buildpack-deps:bookworm\nresources: ${resources}\n`,
    )
    return new Crowd(bench, templates)
  }

  async dispose(): Promise<void> {
    await this.bench.dispose()
    await rm(this.#templates, { recursive: true, force: true })
  }

  /** Twenty runs that go on and eighty that wait for room. */
  async gather(id: string): Promise<void> {
    const { bench } = this
    const where = ['--parallelism', String(RUNS), '--project-type', 'twentieth']
    await bench.home.cli(...bench.suite(id, 'sleep 600', RUNS, ...where, '--detach'))
    // Pods of earlier tests may still be on their way out: then the node fills up a little later.
    await this.#until(OURS ? 'twenty run and eighty wait' : 'all run or wait', async () => {
      const [run, wait] = [await this.#running(id), await this.#waiting(id)]
      return OURS ? run === ROOM && wait === RUNS - ROOM : run > 0 && run + wait === RUNS
    })
    await bench.untilRunning(id, OURS ? ROOM : 1)
  }

  /** Cancels it and waits until each pod has been told to end, and then until nothing of it is left; in ms from the command. */
  async cancel(id: string): Promise<{ goingMs: number; goneMs: number }> {
    const { bench } = this
    const beganMs = performance.now()
    const cancelling = bench.home.cli('cancel', id)
    await this.#until('every pod is going', async () =>
      (await bench.pods(id)).every(({ metadata }) => metadata?.deletionTimestamp !== undefined),
    )
    const goingMs = performance.now() - beganMs
    await this.#until('every pod is gone', async () => (await bench.pods(id)).length === 0)
    const namespace = bench.namespaceOf(id)
    await this.#until('its namespace is gone', async () => !(await bench.namespaceExists(namespace)))
    const goneMs = performance.now() - beganMs
    await cancelling
    return { goingMs, goneMs }
  }

  async #until(what: string, holds: () => Promise<boolean>): Promise<void> {
    const calmly = async () => (await holds()) || (await delay(POLL_MS, false))
    await until(what, calmly, 120_000)
  }

  async #running(id: string): Promise<number> {
    return (await this.bench.pods(id)).filter(({ status }) => status?.phase === 'Running').length
  }

  /** Pods that the scheduler has no room for. */
  async #waiting(id: string): Promise<number> {
    const pods = await this.bench.pods(id)
    return pods.filter(({ status }) =>
      status?.conditions?.some(({ type, reason }) => type === 'PodScheduled' && reason === 'Unschedulable'),
    ).length
  }
}
