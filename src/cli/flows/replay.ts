import { invalidInput, type Outcome, type ReportedRun } from '../../contract/index.ts'
import { type CliContext, note, print } from '../context.ts'
import { type ExitCode, exitCodeOf, firstThatApplies, EXIT } from '../exit-codes.ts'
import { followEvents } from '../progress/follow.ts'
import { replayRequest } from '../replay/request.ts'
import { replayScript } from '../replay/script.ts'
import { formatInterval, percent } from '../text-format.ts'
import { handleInterruption } from './interruption.ts'
import { type FoundRun, requireRun } from './lookup.ts'
import { type Stack, withStack, withStore } from './stack.ts'

export interface ReplayFlags {
  times: string
  print: boolean
  json: boolean
}

const MOST = 1_000
const LEVEL = 0.95

function parseTimes(text: string): number {
  const times = Number(text)
  if (!/^\d+$/.test(text) || times < 1 || times > MOST) {
    throw invalidInput('--times', text, 'must be a whole number from 1 to 1,000')
  }
  return times
}

interface Repetition {
  suite: string
  run: ReportedRun | undefined
  exitCode: ExitCode
}

/** One repetition is one suite of one run: seeds are unique within a suite. */
async function repeatOnce(context: CliContext, stack: Stack, run: FoundRun, open: Set<string>): Promise<Repetition> {
  const { store, control } = stack
  const { suite } = await control.start(replayRequest(run))
  open.add(suite)
  const assertAlive = async (): Promise<void> => {
    const failure = await control.failureOf(suite)
    if (failure !== undefined) throw failure
  }
  for await (const _ of followEvents(store, suite, { assertAlive })) {
    // Only the end matters here.
  }
  open.delete(suite)
  const report = await context.services.readReport(store, suite, { results: true })
  return { suite, run: report.commits[0]?.results?.[0], exitCode: exitCodeOf(report) }
}

/** Runs `times` repetitions, at most `width` at once; after an interruption no further one begins. */
async function repeat(context: CliContext, stack: Stack, run: FoundRun, times: number): Promise<Repetition[]> {
  const done: Repetition[] = []
  const open = new Set<string>()
  let started = 0
  const interruption = handleInterruption(context, {
    cancel: async () => void (await Promise.all([...open].map((suite) => stack.control.cancel(suite)))),
    detach() {},
    beforeQuestion() {},
    afterQuestion() {},
  })
  const work = async (): Promise<void> => {
    while (started < times && !interruption.interrupted) {
      started += 1
      const repetition = await repeatOnce(context, stack, run, open)
      done.push(repetition)
      note(context, `${done.length}/${times} ${repetition.run?.outcome ?? 'no result'} (${repetition.suite})`)
    }
  }
  try {
    await Promise.all(Array.from({ length: Math.min(times, stack.config.slots) }, work))
  } finally {
    interruption.stop()
  }
  return done
}

const RESULTS: readonly Outcome[] = ['passed', 'failed', 'timed_out', 'crashed']

/** How often the repetitions ended as the recorded run did; only those that gave a test result count. */
async function compare(original: Outcome | null, repetitions: Repetition[]) {
  const outcomes = repetitions.flatMap(({ run }) =>
    run !== undefined && RESULTS.includes(run.outcome) ? [run.outcome] : [],
  )
  const reproduced = outcomes.filter((outcome) => outcome === original).length
  const { clopperPearson } = await import('../../stats/interval.ts')
  const interval = outcomes.length === 0 ? null : clopperPearson(reproduced, outcomes.length, LEVEL)
  return { reproduced, counted: outcomes.length, interval }
}

async function replayNow(context: CliContext, id: string, flags: ReplayFlags): Promise<ExitCode> {
  const times = parseTimes(flags.times)
  return await withStack(context, { resume: true }, async (stack) => {
    const run = await requireRun(stack.store, id)
    const { suite, attempt, generation } = run.parsed
    const original = await stack.store.results.get({ suite, sha: run.sha, attempt, generation })
    const repetitions = await repeat(context, stack, run, times)
    const outcome = original?.outcome ?? null
    const { reproduced, counted, interval } = await compare(outcome, repetitions)
    if (flags.json) {
      const results = repetitions.flatMap((repetition) => repetition.run ?? [])
      print(
        context,
        JSON.stringify({ run: id, seed: run.seed, outcome, times, counted, reproduced, interval, results }),
      )
    } else {
      const sure = interval === null ? '' : `: ${percent(reproduced / counted)} ${formatInterval(interval)} (95 %)`
      print(context, `${id} (${outcome ?? 'no result on record'}) reproduced ${reproduced} of ${counted}${sure}`)
    }
    return firstThatApplies(repetitions.map(({ exitCode }) => exitCode))
  })
}

/** Runs one recorded run again, or prints a shell script that does. */
export async function replayRun(context: CliContext, id: string, flags: ReplayFlags): Promise<ExitCode> {
  if (!flags.print) return await replayNow(context, id, flags)
  return await withStore(context, async (store) => {
    const run = await requireRun(store, id)
    const { sha, seed, parsed } = run
    const parts = await context.services.scriptParts(run.suite.spec, { sha, seed, attempt: parsed.attempt })
    context.stdout.write(replayScript(run, parts))
    return EXIT.passing
  })
}
