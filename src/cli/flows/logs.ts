import { randomUUID } from 'node:crypto'
import { invalidInput } from '../../contract/index.ts'
import { type CliContext, inGithubActions, note, type Output } from '../context.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'
import { createGoText } from '../go-text.ts'
import type { FailingRun, OutputStream, Site } from '../site/site.ts'
import { withSite } from '../site/with-site.ts'
import { createOutputSanitizer } from '../terminal-safe.ts'
import { requireSuite } from './lookup.ts'

export interface LogsFlags {
  stream?: string | undefined
  try?: string | undefined
  follow: boolean
  raw: boolean
}

function parseStreams(text: string | undefined): OutputStream[] {
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
  write(stream: OutputStream, bytes: Uint8Array): void
  end(): void
}

const NEWLINE = 0x0a

/**
 * Writes pieces as they are; on a terminal with a line where the other stream begins, and, unless they are wanted `raw`,
 * with control characters made visible and the events of `go test -json` as the text that they stand for.
 */
function pieceWriter(output: Output, raw: boolean): PieceWriter {
  if (output.isTTY !== true) return { write: (_, bytes) => void output.write(bytes), end() {} }
  const sanitizers = { stdout: createOutputSanitizer(), stderr: createOutputSanitizer() }
  const go = createGoText()
  let last: OutputStream | undefined
  let lineIsOpen = false
  return {
    write(stream, bytes) {
      if (last !== undefined && last !== stream) output.write(`${lineIsOpen ? '\n' : ''}==> ${stream} <==\n`)
      last = stream
      lineIsOpen = bytes.at(-1) !== NEWLINE
      output.write(raw ? bytes : sanitizers[stream].push(stream === 'stdout' ? go.push(bytes) : bytes))
    },
    end() {
      if (raw) return
      output.write(sanitizers.stdout.push(go.end()))
      for (const sanitizer of Object.values(sanitizers)) output.write(sanitizer.end())
    },
  }
}

/** Writes what is stored of a run; with `follow` also what comes until the run has ended. */
async function writeRun(context: CliContext, site: Site, run: string, flags: LogsFlags): Promise<void> {
  const writer = pieceWriter(context.stdout, flags.raw)
  const options = { streams: parseStreams(flags.stream), try: parseTry(flags.try), follow: flags.follow }
  for await (const { stream, bytes } of site.output(run, options)) writer.write(stream, bytes)
  writer.end()
}

const headline = (context: CliContext, { id, outcome, seed }: FailingRun): void =>
  note(context, `==> ${id} (${outcome}, seed ${seed}) <==`)

async function writeFailingRuns(context: CliContext, site: Site, suite: string, flags: LogsFlags): Promise<void> {
  let written = 0
  for await (const run of site.failingRuns(suite)) {
    written += 1
    headline(context, run)
    await writeRun(context, site, run.id, flags)
  }
  if (written === 0) note(context, `${suite}: no run failed`)
}

/** Output of every run of a suite as it ends. */
async function followRuns(context: CliContext, site: Site, suite: string, flags: LogsFlags): Promise<void> {
  for await (const events of site.follow(suite, {})) {
    for (const event of events) {
      if (event.type !== 'run.finished') continue
      const { run: id, outcome, seed } = event.data
      headline(context, { id, outcome, seed })
      await writeRun(context, site, id, { ...flags, follow: false })
    }
  }
}

/** What a test prints is no command to a job of GitHub Actions that shows it: nobody but us knows the word that ends this. */
async function disarmed(context: CliContext, { raw }: LogsFlags, write: () => Promise<void>): Promise<void> {
  if (raw || !inGithubActions(context)) return await write()
  const token = randomUUID()
  context.stdout.write(`::stop-commands::${token}\n`)
  try {
    await write()
  } finally {
    context.stdout.write(`\n::${token}::\n`)
  }
}

/** Writes the output of one run, or of the failing runs of a suite (with `--follow`: of all, as they end). */
export async function writeLogs(context: CliContext, target: string, flags: LogsFlags): Promise<ExitCode> {
  parseStreams(flags.stream)
  parseTry(flags.try)
  return await withSite(context, async (site) => {
    if (target.includes('.')) await disarmed(context, flags, () => writeRun(context, site, target, flags))
    else {
      const { id } = await requireSuite(site, target)
      await disarmed(context, flags, () =>
        flags.follow ? followRuns(context, site, id, flags) : writeFailingRuns(context, site, id, flags),
      )
    }
    return EXIT.passing
  })
}
