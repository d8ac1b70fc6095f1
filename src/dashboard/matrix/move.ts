import type { CellPlace, MatrixLayout } from './layout.ts'

/** Where a key leads from a run, or undefined where it is no key of the matrix. */
export function moveBy(key: string, layout: MatrixLayout, from: CellPlace): CellPlace | undefined {
  const { row, attempt } = from
  switch (key) {
    case 'ArrowLeft':
      return within(layout, row, attempt - 1)
    case 'ArrowRight':
      return within(layout, row, attempt + 1)
    case 'ArrowUp':
      return up(layout, from)
    case 'ArrowDown':
      return down(layout, from)
    case 'Home':
      return within(layout, row, 0)
    case 'End':
      return within(layout, row, Number.POSITIVE_INFINITY)
    case 'PageUp':
      return within(layout, row - 1, attempt)
    case 'PageDown':
      return within(layout, row + 1, attempt)
    default:
      return undefined
  }
}

/** The next run of which `isWanted`, in reading order and round again; undefined where there is none. */
export function nextWanted(
  { cells }: MatrixLayout,
  from: CellPlace,
  isWanted: (place: CellPlace) => boolean,
): CellPlace | undefined {
  let { row, attempt } = from
  const all = cells.reduce((sum, count) => sum + count, 0)
  for (let seen = 0; seen < all; seen++) {
    attempt += 1
    while (attempt >= (cells[row] ?? 0)) {
      row = (row + 1) % cells.length
      attempt = 0
      if ((cells[row] ?? 0) > 0) break
    }
    if (isWanted({ row, attempt })) return { row, attempt }
  }
  return undefined
}

function within({ cells }: MatrixLayout, row: number, attempt: number): CellPlace {
  const inRows = Math.min(Math.max(0, row), Math.max(0, cells.length - 1))
  return { row: inRows, attempt: Math.max(0, Math.min(attempt, (cells[inRows] ?? 0) - 1)) }
}

/** A line up, in the last line of the commit above where this was the first. */
function up(layout: MatrixLayout, { row, attempt }: CellPlace): CellPlace {
  const { columns, cells } = layout
  if (attempt >= columns) return { row, attempt: attempt - columns }
  if (row === 0) return { row, attempt }
  const lines = Math.ceil((cells[row - 1] ?? 0) / columns)
  return within(layout, row - 1, Math.max(0, lines - 1) * columns + attempt)
}

function down(layout: MatrixLayout, { row, attempt }: CellPlace): CellPlace {
  const { columns, cells } = layout
  const count = cells[row] ?? 0
  const isLastLine = Math.floor(attempt / columns) >= Math.ceil(count / columns) - 1
  if (!isLastLine) return within(layout, row, attempt + columns)
  if (row >= cells.length - 1) return { row, attempt }
  return within(layout, row + 1, attempt % columns)
}
