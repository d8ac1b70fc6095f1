import { createHash } from 'node:crypto'
import { LIMITS, type SuiteSpec } from '../../src/contract/index.ts'
import { drawSeeds } from '../../src/stats/seeds.ts'
import type { Store } from '../../src/store/store.ts'

interface Draw {
  firing: string
  /** The sweep's own. */
  seed: number | undefined
  own: SuiteSpec
  /** Where they are to be run. */
  shas: readonly string[]
  runs: number
}

/** The draw of a firing: another one for each, the same if it is planned again; a sweep's own seed makes it repeatable. */
function drawOf(firing: string, seed: number | undefined): number {
  const digest = createHash('sha256')
    .update(`${seed ?? ''}/${firing}`)
    .digest()
  return 1 + (digest.readUInt32BE(0) % LIMITS.largestSeed)
}

/** Seeds that no suite of the repository has: one that was run at a commit before would be no new observation there. */
export async function freshSeeds(
  { searches, history }: Pick<Store, 'searches' | 'history'>,
  { firing, seed, own, shas, runs }: Draw,
): Promise<number[]> {
  // Of suites that are on record no more, the history still has those of each commit.
  const removed = await Promise.all(shas.map((sha) => history.seedsAt({ sha, spec: own })))
  for (let length = runs; length <= LIMITS.largestSeed; length *= 2) {
    const drawn = drawSeeds(drawOf(firing, seed), length)
    const used = await searches.seedsInUse(own.repo, drawn)
    const fresh = drawn.filter((one) => ![used, ...removed].some((seeds) => seeds.has(one)))
    if (fresh.length >= runs) return fresh.slice(0, runs)
  }
  throw new Error('no seed is left that the repository has not seen')
}
