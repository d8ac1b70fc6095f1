import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'
import { cellName } from '../../progress/state.ts'
import { colour } from '../components/chart.tsx'
import { themeVersion } from '../theme.ts'
import { drawMatrix, type MatrixRow } from './draw.ts'
import { type CellPlace, cellAt, cellCorner, heightOf, layOutMatrix } from './layout.ts'
import { Legend } from './legend.tsx'
import { moveBy, nextWanted } from './move.ts'
import { useWidth } from './use-width.ts'

interface MatrixProps {
  rows: readonly MatrixRow[]
  /** What all of it shows, in a sentence. */
  summary: string
  onOpen(place: CellPlace): void
}

const TALLEST = 560
const FAULTS: readonly string[] = ['failed', 'timed_out', 'crashed', 'error']

/**
 * The runs of a suite, a line or a block for each commit. Only what is seen is drawn, on a canvas that stays where it
 * is while its frame scrolls. Arrows move from run to run, Enter opens one, F goes to the next that failed.
 */
export function Matrix({ rows, summary, onOpen }: MatrixProps) {
  const frame = useRef<HTMLDivElement>(null)
  const canvas = useRef<HTMLCanvasElement>(null)
  const [cursor, setCursor] = useState<CellPlace>({ row: 0, attempt: 0 })
  const [hasFocus, setHasFocus] = useState(false)
  const [pointed, setPointed] = useState<CellPlace>()
  const [top, setTop] = useState(0)
  const width = useWidth(frame)
  const shape = rows.map(({ cells }) => cells.length).join()
  const layout = useMemo(
    () =>
      layOutMatrix(
        width,
        rows.map(({ cells }) => cells.length),
      ),
    [width, shape],
  )
  const height = Math.max(24, Math.min(TALLEST, Math.ceil(heightOf(layout))))
  const version = themeVersion.value

  useLayoutEffect(() => {
    const context = canvas.current?.getContext('2d')
    if (canvas.current === null || context === null || context === undefined || width === 0) return
    const ratio = window.devicePixelRatio
    canvas.current.width = Math.round(width * ratio)
    canvas.current.height = Math.round(height * ratio)
    context.scale(ratio, ratio)
    const marked = [...(hasFocus ? [cursor] : []), ...(pointed === undefined ? [] : [pointed])]
    drawMatrix(context, { layout, rows, top, height, width, marked, colour })
  }, [layout, rows, top, height, width, hasFocus, cursor, pointed, version])

  useEffect(() => {
    if (frame.current === null) return
    const { y } = cellCorner(layout, cursor)
    if (y < frame.current.scrollTop) frame.current.scrollTop = y - 4
    else if (y + layout.pitch > frame.current.scrollTop + height)
      frame.current.scrollTop = y + layout.pitch - height + 4
  }, [cursor])

  const placeOf = (event: MouseEvent): CellPlace | undefined => cellAt(layout, event.offsetX, event.offsetY + top)
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    if (event.key === 'Enter') {
      onOpen(cursor)
      return
    }
    const isFault = ({ row, attempt }: CellPlace): boolean => FAULTS.includes(cellName(rows[row]?.cells[attempt] ?? 0))
    const next = event.key === 'f' ? nextWanted(layout, cursor, isFault) : moveBy(event.key, layout, cursor)
    if (next === undefined) return
    event.preventDefault()
    setCursor(next)
  }
  const told = pointed ?? (hasFocus ? cursor : undefined)
  return (
    <div class="matrix-part">
      <div
        ref={frame}
        class="matrix-frame"
        data-testid="matrix"
        role="application"
        aria-label={`${summary} Arrow keys move from run to run, F goes to the next failure, Enter opens a run.`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it takes arrow keys, which is what the role says
        tabIndex={0}
        style={{ height: `${height}px` }}
        onKeyDown={onKeyDown}
        onFocus={() => setHasFocus(true)}
        onBlur={() => setHasFocus(false)}
        onScroll={({ currentTarget }) => setTop(currentTarget.scrollTop)}
      >
        <div class="matrix-inside" style={{ height: `${Math.ceil(heightOf(layout))}px` }}>
          <canvas
            ref={canvas}
            class="matrix"
            style={{ width: `${width}px`, height: `${height}px` }}
            onMouseMove={(event) => setPointed(placeOf(event))}
            onMouseLeave={() => setPointed(undefined)}
            onClick={(event) => {
              const place = placeOf(event)
              if (place !== undefined) onOpen(place)
            }}
          />
        </div>
      </div>
      <div class="matrix-foot">
        <Legend />
        <p class="quiet" aria-live="polite">
          {told === undefined ? '' : nameOf(rows, told)}
        </p>
      </div>
    </div>
  )
}

function nameOf(rows: readonly MatrixRow[], { row, attempt }: CellPlace): string {
  const of = rows[row]
  if (of === undefined) return ''
  const outcome = cellName(of.cells[attempt] ?? 0).replace('_', ' ')
  return `${of.sha.slice(0, 7)}, run ${attempt}: ${outcome === 'pending' ? 'waiting' : outcome}`
}
