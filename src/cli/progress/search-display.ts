import { createColors } from 'picocolors'
import type { SearchEvent, SearchEventData } from '../../contract/index.ts'
import { plural } from '../../report/format.ts'
import { type CliContext, isLive, note, wantsColor } from '../context.ts'
import { safeLine } from '../terminal-safe.ts'
import { headOf, roundLine, standingLines } from './search-lines.ts'

/** Shows how a search comes along, event by event. */
export interface SearchDisplay {
  show(event: SearchEvent): void
  /** Takes the picture away for a question; the next event brings it back. */
  pause(): void
  unpause(): void
  stop(): void
}

export const silentSearchDisplay: SearchDisplay = { show() {}, pause() {}, unpause() {}, stop() {} }

const FALLBACK_COLUMNS = 80

type Started = SearchEventData<'search.started'>
type Round = SearchEventData<'search.round'>

/** A line per round; on a terminal, what is known stands below them and is redrawn. */
export async function openSearchDisplay(context: CliContext): Promise<SearchDisplay> {
  return isLive(context) ? await liveDisplay(context) : plainDisplay(context)
}

function startedLine({ repo, commits, historyRuns, good, bad }: Started): string {
  const history = historyRuns === 0 ? '' : `, ${plural(historyRuns, 'earlier run')} as evidence`
  const from = good === null ? 'the beginning' : good.slice(0, 12)
  return `searching ${plural(commits, 'commit')} from ${from} to ${bad.slice(0, 12)}${history} (${safeLine(repo)})`
}

function plainDisplay(context: CliContext): SearchDisplay {
  let commits = 0
  return {
    show(event) {
      if (event.type === 'search.started') {
        commits = event.data.commits
        note(context, startedLine(event.data))
      }
      if (event.type === 'search.round') note(context, roundLine(event.data, commits))
    },
    pause() {},
    unpause() {},
    stop() {},
  }
}

async function liveDisplay(context: CliContext): Promise<SearchDisplay> {
  const { createLogUpdate } = await import('log-update')
  const { stderr } = context
  const picture = createLogUpdate(stderr)
  const colors = createColors(wantsColor(context, stderr))
  let commits = 0
  let round: Round | undefined
  let paused = false
  const draw = (): void => {
    // Some pseudo-terminals say that they are 0 wide.
    const columns = stderr.columns || FALLBACK_COLUMNS
    if (round !== undefined && !paused) picture(standingLines(round, commits, { colors, columns }).join('\n'))
  }
  const line = (text: string): void => {
    picture.clear()
    note(context, text)
    draw()
  }
  return {
    show(event) {
      if (event.type === 'search.started') {
        commits = event.data.commits
        line(startedLine(event.data))
      }
      if (event.type !== 'search.round') return
      round = event.data
      if (round.round === 0) draw()
      else line(headOf(round))
    },
    pause() {
      paused = true
      picture.clear()
      // Brings the cursor back for the answer.
      picture.done()
    },
    unpause() {
      paused = false
      draw()
    },
    stop() {
      // The answer says what is known.
      picture.clear()
      picture.done()
    },
  }
}
