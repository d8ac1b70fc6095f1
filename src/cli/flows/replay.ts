import { invalidInput, type Outcome, type ReportedRun } from '../../contract/index.ts'
import type { Store } from '../../store/store.ts'
import { type CliContext, note, print } from '../context.ts'
import { EXIT, type ExitCode, exitCodeOf, firstThatApplies } from '../exit-codes.ts'
import { requireSecrets, secretsOf } from '../own-secrets.ts'
import { followEvents } from '../progress/follow.ts'
import { attemptOf, replayRequest } from '../replay/request.ts'
import { replayScript } from '../replay/script.ts'
import type { NamedRequest } from '../request/build.ts'
import { formatInterval, percent } from '../text-format.ts'
import { cancelOnceKnown } from './follow-suite.ts'
import { type Interruption, listenForInterruption } from './interruption.ts'
import { type FoundRun, requireRun } from './lookup.ts'
import { type Stack, withStackOf, withStore } from './stack.ts'

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
  stack: Stack
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
  context: CliContext,
  { stack: { store, control }, open, cancelled, detached }: Replay,
  request: NamedRequest,
): Promise<Repetition | undefined> {
  const { suite } = await control.start(request)
  open.add(suite)
  if (cancelled.signal.aborted) await cancelOnceKnown(store, control, suite)
  const assertAlive = async (): Promise<void> => {
    const failure = await control.failureOf(suite)
    if (failure !== undefined) throw failure
  }
  for await (const _ of followEvents(store, suite, { assertAlive, signal: detached.signal })) {
    // Only the end matters here.
  }
  if (detached.signal.aborted) return undefined
  open.delete(suite)
  const report = await context.services.readReport(store, suite, { results: true })
  return { suite, run: report.commits[0]?.results?.[0], exitCode: exitCodeOf(report) }
}

/** Runs the repetitions, at most as many at once as there are slots; after an interruption no further one begins. */
async function repeat(context: CliContext, replay: Replay): Promise<Repetition[]> {
  const { stack, requests, interruption, open, cancelled, detached } = replay
  const done: Repetition[] = []
  interruption.attach({
    async cancel() {
      cancelled.abort()
      await Promise.all([...open].map((suite) => cancelOnceKnown(stack.store, stack.control, suite)))
    },
    detach: () => detached.abort(),
    beforeQuestion() {},
    afterQuestion() {},
  })
  const waiting = [...requests]
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined && !interruption.interrupted; next = waiting.shift()) {
      const repetition = await repeatOnce(context, replay, next)
      if (repetition === undefined) return
      done.push(repetition)
      note(context, `${done.length}/${requests.length} ${repetition.run?.outcome ?? 'no result'} (${repetition.suite})`)
    }
  }
  await Promise.all(Array.from({ length: Math.min(requests.length, stack.config.slots) }, work))
  if (detached.signal.aborted) note(context, `left to go on: ${[...open].join(', ')}`)
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
  const interruption = listenForInterruption(context)
  try {
    return await withStore(context, async (store, config) => {
      const run = await requireRun(store, id)
      const requests = Array.from({ length: times }, () => replayRequest(run))
      const values = requireSecrets(run.suite.spec.secretEnv, context.env)
      const secrets = secretsOf(
        requests.map((request) => request.id),
        values,
      )
      const options = { resume: true, secrets, signal: interruption.signal }
      const repetitions = await withStackOf(context, { store, config }, options, (stack) =>
        repeat(context, {
          ...{ stack, requests, interruption, open: new Set() },
          ...{ cancelled: new AbortController(), detached: new AbortController() },
        }),
      )
      const outcome = await present(context, { store, run, repetitions, times }, flags)
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
  store: Store
  run: FoundRun
  repetitions: Repetition[]
  times: number
}

async function present(
  context: CliContext,
  { store, run, repetitions, times }: Replayed,
  flags: ReplayFlags,
): Promise<ExitCode> {
  const { id, seed, sha } = run
  const { suite, attempt, generation } = run.parsed
  const outcome = (await store.results.get({ suite, sha, attempt, generation }))?.outcome ?? null
  const { reproduced, counted, interval } = await compare(outcome, repetitions)
  if (flags.json) {
    const results = repetitions.flatMap((repetition) => repetition.run ?? [])
    print(context, JSON.stringify({ run: id, seed, outcome, times, counted, reproduced, interval, results }))
  } else {
    const sure = interval === null ? '' : `: ${percent(reproduced / counted)} ${formatInterval(interval)} (95 %)`
    print(context, `${id} (${outcome ?? 'no result on record'}) reproduced ${reproduced} of ${counted}${sure}`)
  }
  return firstThatApplies(repetitions.map(({ exitCode }) => exitCode))
}

/** Runs one recorded run again, or prints a shell script that does. */
export async function replayRun(context: CliContext, id: string, flags: ReplayFlags): Promise<ExitCode> {
  if (!flags.print) return await replayNow(context, id, flags)
  return await withStore(context, async (store) => {
    const run = await requireRun(store, id)
    const { sha, seed } = run
    const parts = await context.services.scriptParts(run.suite.spec, { sha, seed, attempt: attemptOf(run) })
    context.stdout.write(replayScript(run, parts))
    return EXIT.passing
  })
}
