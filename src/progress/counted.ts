import { emptyTally, type Tally, tallyField } from '../contract/tally.ts'
import { CELL, type CommitProgress, cellName, failuresOf, type SuiteProgress } from './state.ts'

/** Runs of a commit that count: after early stopping the evidence, otherwise all. */
export const countedCells = ({ cells, verdict }: CommitProgress): Uint8Array => cells.subarray(0, verdict?.evidence)

/** Runs to show: under a cap those that have begun, as most of the others will never be. */
export function shownCells({ capped }: SuiteProgress, commit: CommitProgress): Uint8Array {
  const counted = countedCells(commit)
  return capped ? counted.subarray(0, commit.begun) : counted
}

/** Runs that are over, by outcome. */
export function tallyCells(cells: Uint8Array): Tally {
  const tally = emptyTally()
  for (const cell of cells) {
    const name = cellName(cell)
    if (name !== 'pending' && name !== 'running') tally[tallyField(name)] += 1
  }
  return tally
}

/** Failures and results among the first runs up to the first that is not over: slow ones would be missing in the others. */
export function evidenceOf({ cells }: CommitProgress): { failures: number; runs: number } {
  const open = cells.findIndex((cell) => cell === CELL.pending || cell === CELL.running)
  const tally = tallyCells(open < 0 ? cells : cells.subarray(0, open))
  return { failures: failuresOf(tally), runs: tally.passed + failuresOf(tally) }
}
