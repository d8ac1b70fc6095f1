import { setTimeout as sleep } from 'node:timers/promises'
import { invalidInput, LIMITS, parseRunId, type RunResult } from '../../contract/index.ts'
import type { LogKey, Store } from '../../store/store.ts'
import { type CliContext, note, type Output } from '../context.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'
import { followEvents } from '../progress/follow.ts'
import { readLog } from '../report/read-log.ts'
import { createOutputSanitizer } from '../terminal-safe.ts'
import { type FoundRun, requireRun, requireSuite } from './lookup.ts'
import { withStore } from './stack.ts'

export interface LogsFlags {
  stream?: string | undefined
  try?: string | undefined
  follow: boolean
  raw: boolean
}

type Stream = LogKey['stream']
type RunName = Omit<LogKey, 'try' | 'stream'>

function parseStreams(text: string | undefined): Stream[] {
  if (text === undefined) return ['stdout', 'stderr']
  if (text === 'stdout' || text === 'stderr') return [text]
  throw invalidInput('--stream', text, 'must be stdout or stderr')
}

function parseTry(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text)
  throw invalidInput('--try', text, 'must be a whole number from 1')
}

interface PieceWriter {
  write(stream: Stream, bytes: Uint8Array): void
  end(): void
}

const NEWLINE = 0x0a

/**
 * Writes pieces as they are; on a terminal with a line where the other stream begins, and with control characters
 * made visible unless they are wanted `raw`.
 */
function pieceWriter(output: Output, raw: boolean): PieceWriter {
  if (output.isTTY !== true) return { write: (_, bytes) => void output.write(bytes), end() {} }
  const sanitizers = { stdout: createOutputSanitizer(), stderr: createOutputSanitizer() }
  let last: Stream | undefined
  let lineIsOpen = false
  return {
    write(stream, bytes) {
      if (last !== undefined && last !== stream) output.write(`${lineIsOpen ? '\n' : ''}==> ${stream} <==\n`)
      last = stream
      lineIsOpen = bytes.at(-1) !== NEWLINE
      output.write(raw ? bytes : sanitizers[stream].push(bytes))
    },
    end() {
      if (!raw) for (const sanitizer of Object.values(sanitizers)) output.write(sanitizer.end())
    },
  }
}

/** The newest repetition of which something is stored. */
async function newestTry(store: Store, run: RunName): Promise<number> {
  const result = await store.results.get(run)
  if (result !== undefined) return result.tries
  for (let number = LIMITS.triesPerRun; number > 1; number--) {
    for (const stream of ['stdout', 'stderr'] as const) {
      if ((await store.logs.nextOffset({ ...run, try: number, stream })) > 0) return number
    }
  }
  return 1
}

const POLL_MS = 150

/** Writes what is stored of a run; with `follow` also what comes until the run has ended. */
async function writeRun(context: CliContext, store: Store, run: RunName, flags: LogsFlags): Promise<void> {
  const number = parseTry(flags.try) ?? (await newestTry(store, run))
  const writer = pieceWriter(context.stdout, flags.raw)
  const tails = parseStreams(flags.stream).map((stream) => ({ key: { ...run, try: number, stream }, offset: 0 }))
  for (;;) {
    // Looked at before the output: once the run is over, everything it wrote is stored.
    const over = !flags.follow || (await store.results.get(run)) !== undefined
    for (const tail of tails) {
      const pieces = readLog(store, tail.key, tail.offset)
      let piece = await pieces.next()
      for (; piece.done !== true; piece = await pieces.next()) writer.write(tail.key.stream, piece.value)
      tail.offset = piece.value
    }
    if (over) break
    await sleep(POLL_MS)
  }
  writer.end()
}

const runName = ({ parsed, sha }: FoundRun): RunName => ({
  suite: parsed.suite,
  sha,
  attempt: parsed.attempt,
  generation: parsed.generation,
})

const FAILURES: readonly RunResult['outcome'][] = ['failed', 'timed_out', 'crashed']
const PAGE = 1_000

async function* failingRuns(store: Store, suite: string): AsyncGenerator<RunResult> {
  for (let from = 0; ; from += PAGE) {
    const commits = await store.suites.commits(suite, from, PAGE)
    for (const { sha } of commits) {
      for (const outcome of FAILURES) yield* await store.results.list({ suite, sha, outcome, limit: PAGE })
    }
    if (commits.length < PAGE) return
  }
}

const headline = (context: CliContext, run: RunName & { outcome: string; seed: number }): void =>
  note(context, `==> ${run.suite}.${run.sha.slice(0, 12)}.${run.attempt} (${run.outcome}, seed ${run.seed}) <==`)

async function writeFailingRuns(context: CliContext, store: Store, suite: string, flags: LogsFlags): Promise<void> {
  let written = 0
  for await (const run of failingRuns(store, suite)) {
    written += 1
    headline(context, run)
    await writeRun(context, store, run, flags)
  }
  if (written === 0) note(context, `${suite}: no run failed`)
}

/** Output of every run of a suite as it ends. */
async function followRuns(context: CliContext, store: Store, suite: string, flags: LogsFlags): Promise<void> {
  for await (const events of followEvents(store, suite, {})) {
    for (const event of events) {
      if (event.type !== 'run.finished') continue
      const parsed = parseRunId(event.data.run)
      if (parsed === undefined) continue
      const run = { suite, sha: event.data.sha, attempt: parsed.attempt, generation: parsed.generation }
      headline(context, { ...run, outcome: event.data.outcome, seed: event.data.seed })
      await writeRun(context, store, run, { ...flags, follow: false })
    }
  }
}

/** Writes the output of one run, or of the failing runs of a suite (with `--follow`: of all, as they end). */
export async function writeLogs(context: CliContext, target: string, flags: LogsFlags): Promise<ExitCode> {
  parseStreams(flags.stream)
  parseTry(flags.try)
  return await withStore(context, async (store) => {
    if (target.includes('.')) await writeRun(context, store, runName(await requireRun(store, target)), flags)
    else {
      const { id } = await requireSuite(store, target)
      if (flags.follow) await followRuns(context, store, id, flags)
      else await writeFailingRuns(context, store, id, flags)
    }
    return EXIT.passing
  })
}
