import type { Colors } from 'picocolors/types.js'
import { CELL, type CellName, cellName } from '../../progress/state.ts'

/** Signs differ in shape, not in colour alone. */
const SIGNS: Record<CellName, string> = {
  pending: '·',
  running: '▸',
  passed: '✓',
  failed: 'F',
  timed_out: 'T',
  crashed: 'C',
  error: 'E',
  cancelled: '-',
}

const WORDS: readonly [CellName, string][] = [
  ['passed', 'passed'],
  ['failed', 'failed'],
  ['timed_out', 'timed out'],
  ['crashed', 'crashed'],
  ['error', 'error'],
  ['running', 'running'],
  ['pending', 'waiting'],
]

function paint(name: CellName, colors: Colors): string {
  const sign = SIGNS[name]
  switch (name) {
    case 'pending':
    case 'cancelled':
      return colors.dim(sign)
    case 'running':
      return colors.cyan(sign)
    case 'passed':
      return colors.green(sign)
    case 'error':
      return colors.magenta(sign)
    case 'failed':
    case 'timed_out':
    case 'crashed':
      return colors.red(sign)
  }
}

const FAULTS: readonly CellName[] = ['failed', 'timed_out', 'crashed', 'error']

/** One sign for several runs: the fault seen most, else what is under way, else what they have in common. */
function summarise(cells: Uint8Array): CellName {
  const seen = new Map<CellName, number>()
  for (const cell of cells) seen.set(cellName(cell), (seen.get(cellName(cell)) ?? 0) + 1)
  const fault = FAULTS.filter((name) => seen.has(name)).sort((a, b) => (seen.get(b) ?? 0) - (seen.get(a) ?? 0))[0]
  if (fault !== undefined) return fault
  if (seen.has('running') || (seen.has('pending') && seen.has('passed'))) return 'running'
  if (seen.has('pending')) return 'pending'
  return seen.has('passed') ? 'passed' : 'cancelled'
}

/** How many runs one cell stands for when `runs` cells must fit into `columns`. */
export const bucketSize = (runs: number, columns: number): number => Math.max(1, Math.ceil(runs / Math.max(1, columns)))

/** The runs of a commit as one line of signs, `size` runs to a sign. */
export function renderCells(cells: Uint8Array, size: number, colors: Colors): string {
  let line = ''
  for (let at = 0; at < cells.length; at += size) {
    const name = size === 1 ? cellName(cells[at] ?? CELL.pending) : summarise(cells.subarray(at, at + size))
    line += paint(name, colors)
  }
  return line
}

/** What the signs mean. */
export const legend = (colors: Colors): string =>
  WORDS.map(([name, word]) => `${paint(name, colors)} ${word}`).join('  ')
