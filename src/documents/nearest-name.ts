const FURTHEST = 2

/** The known name that was probably meant: equal but for case and separators, or at most two edits away. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  const plain = simplify(name)
  const same = known.find((candidate) => simplify(candidate) === plain)
  if (same !== undefined) return same
  const ranked = known
    .map((candidate) => ({ candidate, edits: editDistance(plain, simplify(candidate)) }))
    .filter(({ candidate, edits }) => edits <= FURTHEST && edits < candidate.length / 2)
    .sort((a, b) => a.edits - b.edits)
  return ranked[0]?.candidate
}

const simplify = (name: string): string =>
  name
    .slice(0, 100)
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '')

/** Levenshtein's distance, one row at a time. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}
