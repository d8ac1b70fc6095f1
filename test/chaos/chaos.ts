import { setTimeout as delay } from 'node:timers/promises'
import { Load } from './load.ts'
import { type Account, account } from './losses.ts'
import { type Fault, schedule } from './schedule.ts'
import { Stage } from './stage.ts'

export interface ChaosOptions {
  seed: number
  durationMs: number
  /** Of each suite at each of three commits. */
  runs: number
  /** Of the test cluster: runs are then made in its pods. */
  kubeconfig?: string | undefined
  /** Told of each fault as it begins. */
  onFault?: (fault: Fault) => void
}

export interface ChaosAccount extends Account {
  /** How often each part suffered what, as `worker-a freeze`. */
  suffered: ReadonlyMap<string, number>
}

const IN_PODS = ['--executor', 'kubernetes', '--parallelism', '4']

/**
 * Suites run on a small installation while its parts are killed, stopped and held still by a schedule that the seed
 * decides; then everything is up, the suites that are open end, and what is on record is held against what was asked.
 */
export async function chaos({ seed, durationMs, runs, kubeconfig, onFault }: ChaosOptions): Promise<ChaosAccount> {
  const stage = new Stage()
  try {
    await stage.set(kubeconfig)
    const { client, store, repository, gateways, parts, workers, temporal } = stage
    const load = new Load({
      home: client,
      store,
      repository,
      gateways,
      runs,
      options: kubeconfig === undefined ? [] : IN_PODS,
    })
    const over = new AbortController()
    const loaded = load.run(over.signal)
    const kinds = new Map([...parts].map(([name, part]) => [name, part.kinds]))
    const suffered = new Map<string, number>()
    const faults = schedule({ seed, durationMs, parts: kinds })
    await Promise.race([
      suffer(faults, stage, (fault) => {
        const name = `${fault.part} ${fault.kind}`
        suffered.set(name, (suffered.get(name) ?? 0) + 1)
        onFault?.(fault)
      }),
      // Ends before the faults only by failing.
      loaded,
    ])
    over.abort()
    await loaded
    return { ...(await account(load, { workers, temporal })), suffered }
  } finally {
    await stage.clear()
  }
}

/** Each fault at its time; a part that is still suffering one is spared. Resolves when all parts are back. */
async function suffer(faults: readonly Fault[], { parts }: Stage, onFault: (fault: Fault) => void): Promise<void> {
  const begunMs = Date.now()
  const suffering = new Map<string, Promise<void>>()
  for (const fault of faults) {
    await Promise.race([delay(Math.max(0, begunMs + fault.atMs - Date.now())), failing(suffering)])
    const part = parts.get(fault.part)
    if (part === undefined || suffering.has(fault.part)) continue
    onFault(fault)
    const over = part.suffer(fault.kind, fault.forMs).then(() => void suffering.delete(fault.part))
    over.catch(() => undefined)
    suffering.set(fault.part, over)
  }
  await Promise.all(suffering.values())
}

/** Rejects with the first that fails, and never resolves. */
const failing = (running: ReadonlyMap<string, Promise<void>>): Promise<never> =>
  new Promise((_, reject) => {
    for (const one of running.values()) one.catch(reject)
  })
