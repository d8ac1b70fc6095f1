import { CELL, type CellName, cellName } from '../../progress/state.ts'
import { type CellPlace, cellCorner, heightOf, type MatrixLayout, rowAt } from './layout.ts'

/** One commit as it is drawn. */
export interface MatrixRow {
  sha: string
  cells: Uint8Array
}

export interface Picture {
  layout: MatrixLayout
  rows: readonly MatrixRow[]
  /** What is seen: only that is drawn. */
  top: number
  height: number
  width: number
  /** Where the keyboard is, and where the pointer is. */
  marked: readonly CellPlace[]
  /** A colour of the theme. */
  colour: (name: string) => string
}

const COLOURS: Record<CellName, string> = {
  pending: 'strong-line',
  running: 'running',
  passed: 'passed',
  failed: 'failed',
  timed_out: 'timed-out',
  crashed: 'crashed',
  error: 'error',
  cancelled: 'strong-line',
}
const LETTERS: Partial<Record<CellName, string>> = { failed: 'F', timed_out: 'T', crashed: 'C', error: 'E' }
const SMALLEST_WITH_LETTER = 12

/** Draws the part of the matrix that is seen. */
export function drawMatrix(context: CanvasRenderingContext2D, picture: Picture): void {
  const { layout, rows, top, height, width, colour } = picture
  context.clearRect(0, 0, width, height)
  context.save()
  context.translate(0, -top)
  const first = rowAt(layout, top)
  const last = Math.min(rows.length - 1, rowAt(layout, Math.min(top + height, heightOf(layout) - 1)))
  drawNames(context, picture, first, last)
  const fills = Object.keys(CELL).map((name) => [CELL[nameOf(name)], colour(COLOURS[nameOf(name)])] as const)
  for (const [code, fill] of fills) {
    context.fillStyle = fill
    context.strokeStyle = fill
    for (let row = first; row <= last; row++) drawKind(context, picture, row, code)
  }
  drawLetters(context, picture, first, last)
  for (const place of picture.marked) drawMark(context, layout, place, colour('text'))
  context.restore()
}

const isName = (name: string): name is CellName => Object.hasOwn(CELL, name)
const nameOf = (name: string): CellName => (isName(name) ? name : 'pending')

function drawNames(context: CanvasRenderingContext2D, { layout, rows, colour }: Picture, first: number, last: number) {
  context.font = '12px ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace'
  context.textBaseline = 'middle'
  context.fillStyle = colour('quiet')
  for (let row = first; row <= last; row++) {
    const top = layout.tops[row] ?? 0
    context.fillText(rows[row]?.sha.slice(0, 7) ?? '', 2, top + Math.max(layout.pitch, 16) / 2)
  }
}

/** The cells of one kind in a row that are seen: a canvas is slow to change its colour. */
function drawKind(context: CanvasRenderingContext2D, picture: Picture, row: number, code: number): void {
  const { layout, rows, top, height } = picture
  const cells = rows[row]?.cells
  if (cells === undefined) return
  const { pitch, columns } = layout
  const rowTop = layout.tops[row] ?? 0
  const from = Math.max(0, Math.floor((top - rowTop) / pitch)) * columns
  const to = Math.min(cells.length, (Math.floor((top + height - rowTop) / pitch) + 1) * columns)
  for (let attempt = from; attempt < to; attempt++) {
    if (cells[attempt] !== code) continue
    const { x, y } = cellCorner(layout, { row, attempt })
    drawCell(context, cellName(code), x, y, pitch - 1)
  }
}

/** Outcomes differ in shape as well: what is well is small and square, what failed fills its cell. */
function drawCell(context: CanvasRenderingContext2D, name: CellName, x: number, y: number, size: number): void {
  const inset = Math.max(1, Math.round(size * 0.16))
  switch (name) {
    case 'pending':
      context.fillRect(x + size / 2 - 1, y + size / 2 - 1, 2, 2)
      return
    case 'running':
      context.lineWidth = Math.max(1.5, size / 7)
      context.strokeRect(x + inset + 0.5, y + inset + 0.5, size - 2 * inset - 1, size - 2 * inset - 1)
      return
    case 'passed':
      context.fillRect(x + inset, y + inset, size - 2 * inset, size - 2 * inset)
      return
    case 'failed':
      context.fillRect(x, y, size, size)
      return
    case 'timed_out':
      fillShape(context, [x, y + size], [x + size, y + size], [x + size / 2, y])
      return
    case 'crashed':
      fillShape(context, [x + size / 2, y], [x + size, y + size / 2], [x + size / 2, y + size], [x, y + size / 2])
      return
    case 'error':
      context.fillRect(x, y, size, size * 0.36)
      context.fillRect(x, y + size * 0.64, size, size * 0.36)
      return
    case 'cancelled':
      context.fillRect(x + inset, y + size / 2 - 1, size - 2 * inset, 2)
      return
  }
}

function fillShape(context: CanvasRenderingContext2D, ...corners: readonly (readonly [number, number])[]): void {
  context.beginPath()
  for (const [x, y] of corners) context.lineTo(x, y)
  context.fill()
}

function drawLetters(context: CanvasRenderingContext2D, picture: Picture, first: number, last: number): void {
  const { layout, rows, colour } = picture
  if (layout.pitch < SMALLEST_WITH_LETTER) return
  context.font = `700 ${Math.round(layout.pitch * 0.58)}px system-ui, sans-serif`
  context.textAlign = 'center'
  context.textBaseline = 'middle'
  context.fillStyle = colour('on-outcome')
  for (let row = first; row <= last; row++) {
    rows[row]?.cells.forEach((code, attempt) => {
      const letter = LETTERS[cellName(code)]
      if (letter === undefined) return
      const { x, y } = cellCorner(layout, { row, attempt })
      const middle = (layout.pitch - 1) / 2
      context.fillText(letter, x + middle, y + middle + (letter === 'T' ? layout.pitch * 0.14 : 0.5))
    })
  }
  context.textAlign = 'start'
}

function drawMark(context: CanvasRenderingContext2D, layout: MatrixLayout, place: CellPlace, colour: string): void {
  const { x, y } = cellCorner(layout, place)
  context.strokeStyle = colour
  context.lineWidth = 2
  context.strokeRect(x - 1, y - 1, layout.pitch + 1, layout.pitch + 1)
}
