import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { ansiSpans } from '../components/ansi-spans.ts'

interface LogViewProps {
  lines: readonly string[]
  /** Marked wherever it stands. */
  search: string
  /** Brought into view whenever it changes. */
  target: { line: number } | undefined
  /** Whether the end stays in view. */
  follows: boolean
  onFollow(follows: boolean): void
}

const LINE_PX = 20
/** Lines that are drawn above and below of what is seen. */
const SPARE = 20
/** What stands in one line beyond that is read in the log itself. */
const LONGEST_LINE = 4_000

/** Lines of output, of which only those are drawn that are seen. */
export function LogView({ lines, search, target, follows, onFollow }: LogViewProps) {
  const frame = useRef<HTMLDivElement>(null)
  const [top, setTop] = useState(0)
  const [height, setHeight] = useState(400)
  useLayoutEffect(() => {
    if (follows && frame.current !== null) frame.current.scrollTop = frame.current.scrollHeight
  }, [follows, lines.length])
  useEffect(() => {
    if (target === undefined || frame.current === null) return
    frame.current.scrollTop = Math.max(0, target.line * LINE_PX - frame.current.clientHeight / 3)
  }, [target])
  const onScroll = ({ currentTarget }: { currentTarget: HTMLDivElement }): void => {
    const { scrollTop, clientHeight, scrollHeight } = currentTarget
    setTop(scrollTop)
    setHeight(clientHeight)
    const atEnd = scrollTop + clientHeight >= scrollHeight - LINE_PX
    if (follows && !atEnd) onFollow(false)
  }
  const first = Math.max(0, Math.floor(top / LINE_PX) - SPARE)
  const last = Math.min(lines.length, Math.ceil((top + height) / LINE_PX) + SPARE)
  const digits = String(lines.length).length
  return (
    <div
      ref={frame}
      class="log"
      data-testid="log"
      role="log"
      aria-label="Output"
      aria-live="off"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
      tabIndex={0}
      onScroll={onScroll}
    >
      <div class="log-inside" style={{ height: `${lines.length * LINE_PX}px` }}>
        <div class="log-lines" style={{ transform: `translateY(${first * LINE_PX}px)` }}>
          {lines.slice(first, last).map((line, index) => (
            <div key={first + index} class={`log-line ${target?.line === first + index ? 'is-target' : ''}`}>
              <span class="log-number" aria-hidden="true" style={{ width: `${digits + 1}ch` }}>
                {first + index + 1}
              </span>
              <Line text={line} search={search} />
            </div>
          ))}
        </div>
      </div>
    </div>
  )
}

function Line({ text, search }: { text: string; search: string }) {
  const spans = ansiSpans(text.slice(0, LONGEST_LINE))
  return (
    <span class="log-text">
      {spans.map(({ text: piece, classes }, index) => (
        <span key={`${index} ${classes}`} class={classes}>
          <Marked text={piece} search={search} />
        </span>
      ))}
      {text.length > LONGEST_LINE ? <span class="quiet"> … {text.length - LONGEST_LINE} more characters</span> : null}
    </span>
  )
}

/** Text with what is searched for marked in it. */
function Marked({ text, search }: { text: string; search: string }) {
  if (search === '') return <>{text}</>
  const lower = text.toLowerCase()
  const wanted = search.toLowerCase()
  const pieces = []
  let from = 0
  // Where the case changes the length of a text, its places say nothing.
  const isSafe = lower.length === text.length
  for (let at = isSafe ? lower.indexOf(wanted) : -1; at >= 0; at = lower.indexOf(wanted, from)) {
    pieces.push(text.slice(from, at), <mark key={at}>{text.slice(at, at + wanted.length)}</mark>)
    from = at + wanted.length
  }
  return (
    <>
      {pieces}
      {text.slice(from)}
    </>
  )
}
