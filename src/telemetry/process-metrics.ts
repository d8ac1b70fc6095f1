import { statfs } from 'node:fs/promises'
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import { packageVersion } from '../package-version.ts'

/** A check is as long as a scrape has patience for; all are made at once. */
const ANSWER_WITHIN_MS = 3_000

/** The registry of a process, with what every process tells: its version, memory, CPU and event loop. */
export function processRegistry(): Registry {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  new Gauge({
    name: 'commit_suite_build_info',
    help: '1, with the version that runs',
    labelNames: ['version'],
    registers: [registry],
  }).set({ version: packageVersion() }, 1)
  return registry
}

/** Whether what the process depends on answers, asked at each scrape. Throws the first failure where `check` is called. */
export function watchDependencies(
  registry: Registry,
  dependencies: Readonly<Record<string, () => Promise<unknown>>>,
): { check(): Promise<void> } {
  const names = Object.keys(dependencies)
  const ask = async (name: string): Promise<void> => void (await inTime(name, dependencies[name]?.()))
  new Gauge({
    name: 'commit_suite_dependency_up',
    help: '1 where it answered within 3 s when it was asked at this scrape, else 0',
    labelNames: ['dependency'],
    registers: [registry],
    async collect() {
      const answers = await Promise.allSettled(names.map(ask))
      for (const [at, { status }] of answers.entries()) {
        this.set({ dependency: names[at] ?? '' }, status === 'fulfilled' ? 1 : 0)
      }
    },
  })
  return { check: async () => void (await Promise.all(names.map(ask))) }
}

async function inTime(name: string, asked: Promise<unknown> | undefined): Promise<unknown> {
  const late = Promise.withResolvers<never>()
  const fail = () => late.reject(new Error(`${name} does not answer: nothing in ${ANSWER_WITHIN_MS} ms`))
  const timer = setTimeout(fail, ANSWER_WITHIN_MS)
  try {
    return await Promise.race([asked, late.promise])
  } finally {
    clearTimeout(timer)
  }
}

/** Room in the file system of a folder, looked at with each scrape. */
export function watchDisk(registry: Registry, folder: string): void {
  const size = new Gauge({
    name: 'commit_suite_state_disk_size_bytes',
    help: 'Size of the file system that holds the state directory',
    registers: [registry],
  })
  new Gauge({
    name: 'commit_suite_state_disk_free_bytes',
    help: 'Room in it for users without privileges',
    registers: [registry],
    async collect() {
      const { bsize, bavail, blocks } = await statfs(folder)
      this.set(bsize * bavail)
      size.set(bsize * blocks)
    },
  })
}
