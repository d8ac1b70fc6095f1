/**
 * Parents by position of a history with merges: a main line with branches of up to `longest` commits, some open at the
 * same time, and one head.
 */
export function mergeHistory(size: number, random: () => number, longest = 8): number[][] {
  const parents: number[][] = [[]]
  const below = (limit: number) => Math.floor(random() * limit)
  let tip = 0
  const commit = (...of: number[]) => parents.push(of) - 1
  while (parents.length < size - longest - 3) {
    if (random() < 0.5) {
      tip = commit(tip)
      continue
    }
    let branch = Math.max(0, tip - below(2 * longest))
    for (let left = 1 + below(longest); left > 0; left--) branch = commit(branch)
    if (random() < 0.5) tip = commit(tip)
    tip = commit(tip, branch)
  }
  while (parents.length < size) tip = commit(tip)
  return parents
}
