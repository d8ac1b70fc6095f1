import { invalidInput, type Outcome, type ReportedRun } from '../../contract/index.ts'
import { formatInterval, percent } from '../../report/format.ts'
import { attemptOf, replayRequest } from '../../requests/replay-request.ts'
import { type CliContext, note, print } from '../context.ts'
import { EXIT, type ExitCode, exitCodeOf, firstThatApplies } from '../exit-codes.ts'
import { replayScript } from '../replay/script.ts'
import type { NamedRequest } from '../request/build.ts'
import type { ReplayedRun, Site, Stack } from '../site/site.ts'
import { withSite } from '../site/with-site.ts'
import { cancelOnceKnown } from './follow-suite.ts'
import { type Interruption, listenForInterruption } from './interruption.ts'

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

/** The repetitions of one replay, and how it is interrupted. */
interface Replay {
  site: Site
  stack: Stack
  run: string
  requests: NamedRequest[]
  interruption: Interruption
  /** Started and not ended yet. */
  open: Set<string>
  /** Aborts when the user cancels: what is only just being started is then cancelled as soon as it is. */
  cancelled: AbortController
  /** Aborts when the user leaves and lets what was started go on. */
  detached: AbortController
}

/** One repetition is one suite of one run: seeds are unique within a suite. Undefined when the user left it. */
async function repeatOnce(
  { site, stack: { control }, run, open, cancelled, detached }: Replay,
  request: NamedRequest,
): Promise<Repetition | undefined> {
  const suite = await control.replay(run, request)
  open.add(suite)
  if (cancelled.signal.aborted) await cancelOnceKnown(control, suite)
  const assertAlive = async (): Promise<void> => {
    const failure = await control.failureOf(suite)
    if (failure !== undefined) throw failure
  }
  for await (const _ of site.follow(suite, { assertAlive, signal: detached.signal })) {
    // Only the end matters here.
  }
  if (detached.signal.aborted) return undefined
  open.delete(suite)
  const report = await site.report(suite, { results: true })
  return { suite, run: report.commits[0]?.results?.[0], exitCode: exitCodeOf(report) }
}

/** Runs the repetitions, at most as many at once as there are slots; after an interruption no further one begins. */
async function repeat(context: CliContext, replay: Replay): Promise<Repetition[]> {
  const { stack, requests, interruption, open, cancelled, detached } = replay
  const done: Repetition[] = []
  interruption.attach({
    async cancel() {
      cancelled.abort()
      await Promise.all([...open].map((suite) => cancelOnceKnown(stack.control, suite)))
    },
    detach: () => detached.abort(),
    beforeQuestion() {},
    afterQuestion() {},
  })
  const waiting = [...requests]
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined && !interruption.interrupted; next = waiting.shift()) {
      const repetition = await repeatOnce(replay, next)
      if (repetition === undefined) return
      done.push(repetition)
      note(context, `${done.length}/${requests.length} ${repetition.run?.outcome ?? 'no result'} (${repetition.suite})`)
    }
  }
  await Promise.all(Array.from({ length: Math.min(requests.length, stack.slots) }, work))
  if (detached.signal.aborted) note(context, `left to go on: ${[...open].join(', ')}`)
  return done
}

const RESULTS: readonly Outcome[] = ['passed', 'failed', 'timed_out', 'crashed']

type Ending = Pick<ReplayedRun, 'outcome' | 'reason'>

/** A run that passed because its failures do not count has not ended as one without failures. */
const isSameEnding = (a: Ending, b: Ending): boolean =>
  a.outcome === b.outcome && (a.outcome !== 'passed' || a.reason === b.reason)

/** How often the repetitions ended as the recorded run did; only those that gave a test result count. */
async function compare(original: Ending, repetitions: Repetition[]) {
  const endings = repetitions.flatMap(({ run }) => (run !== undefined && RESULTS.includes(run.outcome) ? [run] : []))
  const reproduced = endings.filter((ending) => isSameEnding(ending, original)).length
  const { clopperPearson } = await import('../../stats/interval.ts')
  const interval = endings.length === 0 ? null : clopperPearson(reproduced, endings.length, LEVEL)
  return { reproduced, counted: endings.length, interval }
}

async function replayNow(context: CliContext, id: string, flags: ReplayFlags): Promise<ExitCode> {
  const times = parseTimes(flags.times)
  const interruption = listenForInterruption(context)
  try {
    return await withSite(context, async (site) => {
      const run = await site.run(id)
      const requests = Array.from({ length: times }, () => replayRequest(run))
      const suites = requests.map((request) => request.id)
      const secrets = { suites, names: run.suite.spec.secretEnv, required: true }
      const options = { resume: true, secrets, signal: interruption.signal }
      const repetitions = await site.withStack(options, (stack) =>
        repeat(context, {
          ...{ site, stack, run: id, requests, interruption, open: new Set() },
          ...{ cancelled: new AbortController(), detached: new AbortController() },
        }),
      )
      const outcome = await present(context, { run: await site.run(id), repetitions, times }, flags)
      return interruption.interrupted ? EXIT.interrupted : outcome
    })
  } catch (error) {
    if (interruption.interrupted && error === interruption.signal.reason) return EXIT.interrupted
    throw error
  } finally {
    interruption.stop()
  }
}

interface Replayed {
  /** As it is now: it may have ended meanwhile. */
  run: ReplayedRun
  repetitions: Repetition[]
  times: number
}

async function present(
  context: CliContext,
  { run, repetitions, times }: Replayed,
  flags: ReplayFlags,
): Promise<ExitCode> {
  const { id, seed, outcome, reason } = run
  const { reproduced, counted, interval } = await compare(run, repetitions)
  if (flags.json) {
    const results = repetitions.flatMap((repetition) => repetition.run ?? [])
    print(context, JSON.stringify({ run: id, seed, outcome, reason, times, counted, reproduced, interval, results }))
  } else {
    const sure = interval === null ? '' : `: ${percent(reproduced / counted)} ${formatInterval(interval)} (95 %)`
    const ended = outcome === null ? 'no result on record' : reason === null ? outcome : `${outcome}, ${reason}`
    print(context, `${id} (${ended}) reproduced ${reproduced} of ${counted}${sure}`)
  }
  return firstThatApplies(repetitions.map(({ exitCode }) => exitCode))
}

/** Runs one recorded run again, or prints a shell script that does. */
export async function replayRun(context: CliContext, id: string, flags: ReplayFlags): Promise<ExitCode> {
  if (!flags.print) return await replayNow(context, id, flags)
  return await withSite(context, async (site) => {
    const run = await site.run(id)
    const { sha, seed } = run
    const parts = await context.services.scriptParts(run.suite.spec, { sha, seed, attempt: attemptOf(run) })
    context.stdout.write(replayScript(run, parts))
    return EXIT.passing
  })
}
