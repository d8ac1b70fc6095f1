import { createColors } from 'picocolors'
import type { SuiteProgress } from '../../progress/state.ts'
import { type CliContext, isLive, note, wantsColor } from '../context.ts'
import { hindrances } from './hindrances.ts'
import { renderMatrix } from './matrix.ts'
import { plainLine, plainNews } from './plain.ts'

/** Shows how a suite comes along; `update` may be called as often as events come. */
export interface Display {
  update(state: SuiteProgress): void
  /** Takes the picture away for a question; the next `update` brings it back. */
  pause(): void
  unpause(): void
  stop(): void
}

const REDRAW_MS = 100
const PLAIN_LINE_MS = 5_000
const FALLBACK = { columns: 80, rows: 24 }

/** Nothing at all: for `--json` and `--quiet` readers that want only results. */
export const silentDisplay: Display = { update() {}, pause() {}, unpause() {}, stop() {} }

export async function openDisplay(context: CliContext, initial: SuiteProgress): Promise<Display> {
  return isLive(context) ? await liveDisplay(context, initial) : plainDisplay(context, initial)
}

/** A picture on a terminal, redrawn at most ten times a second and at least once a second while time passes. */
async function liveDisplay(context: CliContext, initial: SuiteProgress): Promise<Display> {
  const { createLogUpdate } = await import('log-update')
  const { stderr } = context
  const draw = createLogUpdate(stderr)
  const colors = createColors(wantsColor(context, stderr))
  let state = initial
  let paused = false
  let drawnSecond = 0
  let dirty = true
  const render = (): void => {
    const nowMs = context.now()
    const second = Math.floor(nowMs / 1000)
    if (paused || (!dirty && second === drawnSecond)) return
    dirty = false
    drawnSecond = second
    // Some pseudo-terminals say that they are 0 wide.
    const columns = stderr.columns || FALLBACK.columns
    const rows = stderr.rows || FALLBACK.rows
    draw(renderMatrix(state, { columns, rows, colors, nowMs }))
  }
  const onResize = (): void => {
    dirty = true
  }
  stderr.on('resize', onResize)
  const timer = setInterval(render, REDRAW_MS)
  return {
    update(next) {
      state = next
      dirty = true
    },
    pause() {
      paused = true
      draw.clear()
      // Brings the cursor back for the answer.
      draw.done()
    },
    unpause() {
      paused = false
      dirty = true
    },
    stop() {
      clearInterval(timer)
      stderr.off('resize', onResize)
      dirty = true
      paused = false
      render()
      draw.done()
    },
  }
}

/** Lines for files and build servers: what is new at once, where the suite stands every few seconds. */
function plainDisplay(context: CliContext, initial: SuiteProgress): Display {
  let state = initial
  let lineOfSeq = -1
  let told: readonly string[] = []
  const line = (): void => {
    if (state.seq === lineOfSeq) return
    lineOfSeq = state.seq
    note(context, plainLine(state, context.now()))
    const now = hindrances(state)
    for (const hindrance of now) if (!told.includes(hindrance)) note(context, hindrance)
    told = now
  }
  const timer = setInterval(line, PLAIN_LINE_MS)
  return {
    update(next) {
      for (const news of plainNews(state, next)) note(context, news)
      state = next
    },
    pause() {},
    unpause() {},
    stop() {
      clearInterval(timer)
      // A request that was refused never came to anything.
      if (state.seq !== initial.seq) line()
    },
  }
}
