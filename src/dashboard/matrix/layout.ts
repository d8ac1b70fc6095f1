/** Where the cells of each commit stand; lengths in CSS pixels. */
export interface MatrixLayout {
  /** Room for the names of commits, left of the cells. */
  gutter: number
  /** From one cell to the next, in both directions. */
  pitch: number
  /** Cells in a line; what does not fit goes on below. */
  columns: number
  /** Top of each commit, and at the end the height of all. */
  tops: Float64Array
  /** Cells of each commit. */
  cells: readonly number[]
}

/** A run by its commit's place in the matrix and its attempt. */
export interface CellPlace {
  row: number
  attempt: number
}

const LARGEST_PITCH = 18
/** Below it, cells are told apart by nobody. */
const SMALLEST_PITCH = 6
/** One line for each commit is worth cells as small as this. */
const SMALLEST_OF_ONE_LINE = 8
const WANTED_HEIGHT = 420
const NAME_HEIGHT = 18
const ROW_GAP = 4

/** The largest cells with which each commit has a line of its own, else the largest with which all is seen at once. */
export function layOutMatrix(width: number, cells: readonly number[]): MatrixLayout {
  const gutter = width < 560 ? 66 : 82
  const area = Math.max(60, width - gutter)
  const most = Math.max(1, ...cells)
  for (let pitch = LARGEST_PITCH; pitch >= SMALLEST_OF_ONE_LINE; pitch--) {
    if (Math.floor(area / pitch) >= most) return placed({ gutter, pitch, columns: most, cells })
  }
  for (let pitch = LARGEST_PITCH - 4; pitch > SMALLEST_PITCH; pitch--) {
    const layout = placed({ gutter, pitch, columns: wrapAt(area, pitch), cells })
    if (heightOf(layout) <= WANTED_HEIGHT) return layout
  }
  return placed({ gutter, pitch: SMALLEST_PITCH, columns: wrapAt(area, SMALLEST_PITCH), cells })
}

/** Round numbers let one count. */
function wrapAt(area: number, pitch: number): number {
  const columns = Math.max(1, Math.floor(area / pitch))
  return columns < 20 ? columns : columns - (columns % 10)
}

function placed(base: Omit<MatrixLayout, 'tops'>): MatrixLayout {
  const tops = new Float64Array(base.cells.length + 1)
  base.cells.forEach((count, row) => {
    tops[row + 1] = (tops[row] ?? 0) + Math.max(NAME_HEIGHT, linesOf(count, base.columns) * base.pitch) + ROW_GAP
  })
  return { ...base, tops }
}

const linesOf = (count: number, columns: number): number => Math.max(1, Math.ceil(count / columns))

/** Of all commits together. */
export const heightOf = ({ tops }: MatrixLayout): number => tops.at(-1) ?? 0

/** The last commit that begins at or above a height. */
export function rowAt({ tops, cells }: MatrixLayout, y: number): number {
  let low = 0
  let high = cells.length
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if ((tops[middle] ?? 0) <= y) low = middle
    else high = middle
  }
  return low
}

/** Top left of a cell. */
export function cellCorner(layout: MatrixLayout, { row, attempt }: CellPlace): { x: number; y: number } {
  const { gutter, pitch, columns, tops } = layout
  return { x: gutter + (attempt % columns) * pitch, y: (tops[row] ?? 0) + Math.floor(attempt / columns) * pitch }
}

/** The run at a point, or undefined between them. */
export function cellAt(layout: MatrixLayout, x: number, y: number): CellPlace | undefined {
  const { gutter, pitch, columns, tops, cells } = layout
  const column = Math.floor((x - gutter) / pitch)
  if (y < 0 || y >= heightOf(layout) || column < 0 || column >= columns) return undefined
  const row = rowAt(layout, y)
  const attempt = Math.floor((y - (tops[row] ?? 0)) / pitch) * columns + column
  return attempt < (cells[row] ?? 0) ? { row, attempt } : undefined
}
