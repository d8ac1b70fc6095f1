import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { buildPod } from '../../../src/executors/kubernetes/manifest/build-pod.ts'
import { ROOT } from '../../../src/executors/kubernetes/manifest/own-volumes.ts'
import { KEYS } from '../../../src/executors/kubernetes/names.ts'
import type { Template } from '../../../src/frameworks/templates.ts'
import { until } from '../../support/until.ts'
import { kubectl } from './kubectl.ts'

const LOOP = join(import.meta.dirname, 'plain-run.sh')
const POD = 'POD-NAME'
/** Ends at once when it is told to, as our pods do. */
const IDLE = ['sh', '-c', 'trap "exit 0" TERM; sleep infinity & wait']

export interface PlainRun {
  /** Packed tree and HOME. */
  pack: string
  command: string
  /** File in the tree that the command writes. */
  report: string
  /** All of a run over one connection instead of three. */
  thrifty: boolean
}

/**
 * What a user would have instead: kubectl in a loop, in a namespace without quota or policies, on pods that are ours in
 * everything but the runner.
 */
export class PlainPods {
  readonly #folder: string
  readonly #namespace: string
  readonly #env: Record<string, string>
  #runs = 0

  private constructor(folder: string, namespace: string) {
    this.#folder = folder
    this.#namespace = namespace
    const cache = join(folder, 'kubectl-cache')
    this.#env = {
      KUBECTL: kubectl(),
      KUBECACHEDIR: cache,
      NAMESPACE: namespace,
      MANIFEST: join(folder, 'pod.json'),
      ROOT,
    }
  }

  static async open(template: Template): Promise<PlainPods> {
    const folder = await mkdtemp(join(tmpdir(), 'cs-plain-'))
    const namespace = `bench-plain-${process.pid}-${Date.now().toString(36)}`
    const pods = new PlainPods(folder, namespace)
    const pod = buildPod({
      ...{ name: POD, namespace, role: 'run', template, labels: {}, annotations: {}, limits: {}, boot: IDLE },
      ...{ activeDeadlineSeconds: 3600, imagePullSecrets: [] },
    })
    await writeFile(join(folder, 'pod.json'), JSON.stringify(pod))
    await execa(kubectl(), ['create', 'namespace', namespace])
    await pods.#kubectl('create', 'serviceaccount', pod.spec?.serviceAccountName ?? 'default')
    return pods
  }

  /** So many runs, `parallelism` at once; returns the wall time in ms. */
  async loop(runs: number, parallelism: number, run: PlainRun): Promise<number> {
    const beganAtMs = performance.now()
    await this.#loop(runs, parallelism, run, {})
    return performance.now() - beganAtMs
  }

  /** API requests of one run, as kubectl itself counts them. */
  async requestsOfOne(run: PlainRun): Promise<number> {
    const { stderr, results } = await this.#loop(1, 1, run, { LOG_REQUESTS: '1' })
    const [only = ''] = await readdir(results)
    const said = stderr + (await readFile(join(results, only, 'stderr'), 'utf8'))
    return said.split('\n').filter((line) => /"Response"|round_trippers.*(GET|POST|DELETE) https/.test(line)).length
  }

  async #loop(runs: number, parallelism: number, run: PlainRun, more: Record<string, string>) {
    const { pack, command, report, thrifty } = run
    const first = this.#runs
    this.#runs += runs
    const results = join(this.#folder, `results-${first}`)
    await mkdir(results)
    // xargs itself fails where one of the runs does.
    const { stderr } = await execa('xargs', ['-P', String(parallelism), '-n', '1', LOOP], {
      input: Array.from({ length: runs }, (_, index) => `${first + index}\n`).join(''),
      env: {
        ...this.#env,
        RESULTS: results,
        PACK: pack,
        COMMAND: command,
        REPORT: report,
        THRIFTY: thrifty ? '1' : '',
        ...more,
      },
    })
    await assertResults(results, runs, report)
    return { stderr, results }
  }

  /** A pod for `exec`. */
  async start(name: string): Promise<void> {
    const manifest = (await readFile(join(this.#folder, 'pod.json'), 'utf8')).replace(POD, name)
    await execa(kubectl(), ['create', '-f', '-'], { input: manifest })
    await this.#kubectl('wait', '--for=condition=Ready', '--timeout=120s', `pod/${name}`)
  }

  /** `kubectl exec POD -- true` as a process; returns its time in ms. */
  async exec(name: string): Promise<number> {
    const beganAtMs = performance.now()
    await this.#kubectl('exec', name, '--', 'true')
    return performance.now() - beganAtMs
  }

  /** Waits for the end of our pods and of those of these suites: what still goes would slow down who is next. */
  async allGone(suites: string[]): Promise<void> {
    const ofSuites = ['get', 'pods', '--all-namespaces', '-l', `${KEYS.suite} in (${suites.join(',')})`, '-o', 'name']
    await until('the pods of the round before are gone', async () => {
      const left = await Promise.all([this.#kubectl('get', 'pods', '-o', 'name'), this.#kubectl(...ofSuites)])
      return left.every((names) => names === '')
    })
  }

  async close(): Promise<void> {
    await execa(kubectl(), ['delete', 'namespace', this.#namespace, '--wait=false'])
    await rm(this.#folder, { recursive: true, force: true })
  }

  async #kubectl(...args: string[]): Promise<string> {
    return (await execa(kubectl(), ['-n', this.#namespace, ...args], { env: this.#env })).stdout
  }
}

async function assertResults(results: string, runs: number, report: string): Promise<void> {
  const folders = await readdir(results)
  if (folders.length !== runs) throw new Error(`${folders.length} of ${runs} plain runs left results`)
  for (const folder of folders) {
    const code = await readFile(join(results, folder, 'exit-code'), 'utf8')
    if (code.trim() !== '0') throw new Error(`a plain run ended with ${code.trim()}`)
    await readFile(join(results, folder, report))
  }
}
