import { seededRandom } from '../seeded-random.ts'

/**
 * A repeatable random order that keeps tests of one group together, as plug-ins that shuffle do: what a class sets up
 * is set up once. Groups and the tests of each are shuffled.
 */
export function shuffleInGroups<T>(tests: readonly T[], groupOf: (test: T) => string, seed: number): T[] {
  const groups = new Map<string, T[]>()
  for (const test of tests) {
    const name = groupOf(test)
    const group = groups.get(name)
    if (group === undefined) groups.set(name, [test])
    else group.push(test)
  }
  const random = seededRandom(seed)
  return shuffle([...groups.values()], random).flatMap((group) => shuffle(group, random))
}

/** Fisher and Yates. */
function shuffle<T>(items: readonly T[], random: () => number): T[] {
  const left = [...items]
  const shuffled: T[] = []
  while (left.length > 0) shuffled.push(...left.splice(Math.floor(random() * left.length), 1))
  return shuffled
}
