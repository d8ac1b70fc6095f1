import type { SuiteSpec } from '../src/contract/index.ts'
import type { Store } from '../src/store/store.ts'
import { findSuite, runNotFound } from './suite-lookup.ts'

const REMEMBERED = 50
/** Seeds read at once: as many runs need no further query. */
const SEEDS = 256

interface Remembered {
  spec: Promise<SuiteSpec>
  /** By the number of the block. */
  seeds: Map<number, Promise<number[]>>
}

/**
 * What of a suite stays once its runs begin: its specification but for their number, and the seeds it has, read once
 * per process.
 * `createdAt` tells it from an earlier suite of the same id.
 */
export function createSuiteMemory(store: Store) {
  const suites = new Map<string, Remembered>()

  function remembered(id: string, createdAt: string): Remembered {
    const key = `${id}/${createdAt}`
    const known = suites.get(key) ?? { spec: findSuite(store, id).then(({ spec }) => spec), seeds: new Map() }
    suites.delete(key)
    suites.set(key, known)
    for (const oldest of suites.keys()) {
      if (suites.size <= REMEMBERED) break
      suites.delete(oldest)
    }
    // A failed look-up must not be remembered.
    known.spec.catch(() => suites.delete(key))
    return known
  }

  return {
    spec: (id: string, createdAt: string): Promise<SuiteSpec> => remembered(id, createdAt).spec,

    async seed(id: string, createdAt: string, attempt: number): Promise<number> {
      const { seeds } = remembered(id, createdAt)
      const block = Math.floor(attempt / SEEDS)
      // The last block of a suite that was extended since has become longer.
      const held = seeds.get(block)
      const lacking = held !== undefined && (await held)[attempt % SEEDS] === undefined
      if (lacking && seeds.get(block) === held) seeds.delete(block)
      const known = seeds.get(block) ?? store.suites.seeds(id, block * SEEDS, (block + 1) * SEEDS)
      // Runs go on in the order of attempts, those of two lanes side by side.
      if (!seeds.has(block) && seeds.size > 3) seeds.clear()
      seeds.set(block, known)
      known.catch(() => seeds.delete(block))
      const seed = (await known)[attempt % SEEDS]
      if (seed === undefined) throw runNotFound(id, attempt)
      return seed
    },
  }
}
export type SuiteMemory = ReturnType<typeof createSuiteMemory>
