import { useMemo, useState } from 'preact/hooks'
import { count } from '../../report/format.ts'
import { Failure } from '../components/states.tsx'
import { findLines, firstFailure } from './log-lines.ts'
import { LogView } from './log-view.tsx'
import { useLog } from './use-log.ts'

interface RunLogProps {
  run: string
  /** Tries of the run; each has output of its own. */
  tries: number
  /** Whether it still runs; then its end is kept in view until one looks elsewhere. */
  isRunning: boolean
  /** Messages of the tests that failed in it. */
  messages: readonly string[]
}

const STREAMS = ['stdout', 'stderr'] as const

/** What a run wrote, live: to search in, to follow, and to jump to where it failed. */
export function RunLog({ run, tries, isRunning, messages }: RunLogProps) {
  const [number, setNumber] = useState<number>()
  const logs = { stdout: useLog(run, 'stdout', number), stderr: useLog(run, 'stderr', number) }
  const [chosen, setChosen] = useState<(typeof STREAMS)[number]>()
  const name = chosen ?? (logs.stdout.lines.length === 0 && logs.stderr.lines.length > 0 ? 'stderr' : 'stdout')
  const log = logs[name]
  const [search, setSearch] = useState('')
  const [at, setAt] = useState(-1)
  const [target, setTarget] = useState<{ line: number }>()
  const [follows, setFollows] = useState(isRunning)
  const found = useMemo(() => findLines(log.lines, search), [log.lines, search])
  const show = (line: number): void => {
    setFollows(false)
    setTarget({ line })
  }
  const step = (by: 1 | -1): void => {
    if (found.length === 0) return
    const next = (at + by + found.length) % found.length
    setAt(next)
    show(found[next] ?? 0)
  }
  const [failed, setFailed] = useState('')
  const jump = (): void => {
    const other = name === 'stdout' ? 'stderr' : 'stdout'
    for (const stream of [name, other] as const) {
      const line = firstFailure(logs[stream].lines, messages)
      if (line === undefined) continue
      setChosen(stream)
      setFailed('')
      show(line)
      return
    }
    setFailed('Nothing in it looks like a failure.')
  }
  return (
    <section class="part" aria-labelledby="log-title">
      <div class="part-head">
        <h2 id="log-title">Output</h2>
        <div class="buttons">
          {STREAMS.map((stream) => (
            <button
              key={stream}
              type="button"
              aria-pressed={name === stream}
              onClick={() => {
                setChosen(stream)
                setTarget(undefined)
                setAt(-1)
              }}
            >
              {stream} <span class="quiet">{count(logs[stream].lines.length)}</span>
            </button>
          ))}
        </div>
      </div>
      <form
        class="filters"
        onSubmit={(event) => {
          event.preventDefault()
          step(1)
        }}
      >
        <label>
          Search
          <input
            type="search"
            value={search}
            onInput={({ currentTarget }) => {
              setSearch(currentTarget.value)
              setAt(-1)
            }}
          />
        </label>
        <button type="button" onClick={() => step(-1)} disabled={found.length === 0}>
          Previous
        </button>
        <button type="submit" disabled={found.length === 0}>
          Next
        </button>
        <span class="quiet" role="status">
          {search === '' ? failed : at < 0 ? `${count(found.length)} lines` : `${at + 1} of ${count(found.length)}`}
        </span>
        <button type="button" onClick={jump}>
          Jump to the failure
        </button>
        <label>
          <input type="checkbox" checked={follows} onChange={() => setFollows(!follows)} />
          Follow
        </label>
        {tries > 1 ? (
          <label>
            Try
            <select
              value={String(number ?? tries)}
              onChange={({ currentTarget }) => setNumber(Number(currentTarget.value))}
            >
              {Array.from({ length: tries }, (_, index) => (
                <option key={index} value={String(index + 1)}>
                  {index + 1}
                </option>
              ))}
            </select>
          </label>
        ) : null}
      </form>
      {log.refused === undefined ? null : <Failure error={log.refused} />}
      {log.lines.length === 0 ? (
        <p class="quiet">{log.stream === 'ended' ? `It wrote nothing to ${name}.` : `Nothing on ${name} yet.`}</p>
      ) : (
        <LogView lines={log.lines} search={search} target={target} follows={follows} onFollow={setFollows} />
      )}
      {log.dropped > 0 ? <p class="quiet">{count(log.dropped)} more lines are not shown.</p> : null}
    </section>
  )
}
