import type { Mirror } from './mirror-repository.ts'
import { readMirror } from './simple-git.ts'

const MOST_REFS = 5000
const MOST_MATCHES = 3
const LONGEST_NAME = 100

/** Names of branches and tags that look like `name`, best first, at most three. */
export async function nearMatches(mirror: Mirror, name: string): Promise<string[]> {
  const args = ['for-each-ref', `--count=${MOST_REFS}`, '--format=%(refname:lstrip=2)']
  const refs = await readMirror(mirror, [...args, 'refs/heads', 'refs/tags', 'refs/remotes'])
  const names = new Set(refs.split('\n').filter((ref) => ref !== '' && ref.length <= LONGEST_NAME))
  return rankNearMatches(name.slice(0, LONGEST_NAME), [...names])
}

/** Candidates at most a third of their length away in edits, or that contain the name; nearest first. */
export function rankNearMatches(name: string, candidates: readonly string[]): string[] {
  const wanted = name.toLowerCase()
  return candidates
    .map((candidate) => ({ candidate, distance: distanceTo(wanted, candidate.toLowerCase()) }))
    .filter(({ distance }) => distance !== undefined)
    .sort((a, b) => (a.distance ?? 0) - (b.distance ?? 0) || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, MOST_MATCHES)
    .map(({ candidate }) => candidate)
}

function distanceTo(wanted: string, candidate: string): number | undefined {
  const distance = editDistance(wanted, candidate)
  const close = distance <= Math.max(1, Math.floor(Math.max(wanted.length, candidate.length) / 3))
  return close || (wanted.length >= 3 && candidate.includes(wanted)) ? distance : undefined
}

/** Levenshtein's distance with swapped neighbours as one edit, row by row. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  let rowBefore: number[] = []
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      const swapped =
        i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? (rowBefore[j - 2] ?? 0) + 1 : Infinity
      next.push(Math.min(replaced, swapped, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    rowBefore = row
    row = next
  }
  return row[b.length] ?? 0
}
