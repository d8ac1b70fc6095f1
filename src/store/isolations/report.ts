import type { IsolationReport, KnownOrder, VictimRate } from '../../contract/index.ts'
import { plainLine } from '../../frameworks/in-order/in-order.ts'
import { alwaysValid } from '../../stats/always-valid.ts'
import { placesIn, sizeOf } from '../../stats/isolation/ranges.ts'
import type { IsolationResult, OrderName, Rate } from '../../stats/isolation/state.ts'
import { describeQuestion, firstNames } from './describe-question.ts'
import type { IsolationReader, StoredIsolation, StoredOrder } from './isolation-store.ts'

const MOST_NAMED = 100

type Orders = Partial<Record<OrderName, StoredOrder>>

/** The document that `isolate --json` prints, of what is on record at this moment. */
export async function isolationReport(
  { isolations }: { isolations: Pick<IsolationReader, 'order'> },
  isolation: StoredIsolation,
): Promise<IsolationReport> {
  const { id, spec, status, failure, createdAt, finishedAt, launch, state, runs, example } = isolation
  const end = finishedAt === null ? Date.now() : Date.parse(finishedAt)
  const [failing, passing] = await Promise.all([isolations.order(id, 'failing'), isolations.order(id, 'passing')])
  const orders: Orders = { ...(failing && { failing }), ...(passing && { passing }) }
  const result = state?.result ?? null
  return {
    isolation: id,
    ...{ repo: spec.repo, sha: launch?.sha ?? null, test: spec.test, command: spec.command ?? null, status },
    ...(failure === null ? {} : { failure }),
    startedAt: createdAt,
    durationMs: Math.max(0, end - Date.parse(createdAt)),
    ...{ seed: spec.seed, confidence: spec.confidence, minRate: spec.minRate },
    ...answerOf(result, orders, spec.confidence),
    commands: launch === undefined ? null : commandsOf(launch, result, orders),
    example: example === null ? null : { run: example, replay: `commit-suite replay ${example}` },
    order: state === undefined ? null : orderOf(orders[state.order]),
    shuffles: state?.shuffles ?? 0,
    runs,
    questions: (state?.questions ?? []).map((question) =>
      describeQuestion(question, question.company.type === 'before' ? orders[question.company.order] : undefined),
    ),
  }
}

const orderOf = (order: StoredOrder | undefined): KnownOrder | null =>
  order === undefined ? null : { from: order.from, run: order.run, tests: order.before, leftOut: order.leftOut }

type Answer = Pick<IsolationReport, 'answer' | 'reason' | 'before' | 'alone' | 'together' | 'smallest'>

function answerOf(result: IsolationResult | null, orders: Orders, confidence: number): Answer {
  const none = { answer: null, reason: null, before: [], alone: null, together: null, smallest: null }
  if (result === null) return none
  if (result.answer === 'not-enough-evidence') {
    const { answer, reason, smallest } = result
    if (smallest === null) return { ...none, answer, reason }
    const names = firstNames(orders[smallest.order], placesIn(smallest.tests), MOST_NAMED)
    return { ...none, answer, reason, smallest: { tests: sizeOf(smallest.tests), names } }
  }
  const rate = (counts: Rate | null) => (counts === null ? null : rateOf(counts, confidence))
  const rates = { alone: rate(result.alone), together: rate(result.together) }
  const before = 'members' in result ? result.members : []
  const order = 'order' in result ? orders[result.order] : undefined
  return {
    ...{ ...none, answer: result.answer, ...rates },
    before: before.map(({ place, needed }) => ({ test: order?.tests[place]?.[0] ?? '', needed })),
  }
}

/** Looked at after each run, so that the interval has to hold whenever one stops. */
function rateOf({ runs, failures }: Rate, level: number): VictimRate {
  if (runs === 0) return { runs, failures, failureRate: null, interval: null }
  return { runs, failures, failureRate: failures / runs, interval: alwaysValid(failures, runs, level) }
}

function commandsOf(
  { plain, victim }: NonNullable<StoredIsolation['launch']>,
  result: IsolationResult | null,
  orders: Orders,
): IsolationReport['commands'] {
  const alone = plainLine(plain, [victim])
  if (result === null || !('members' in result)) return { alone, together: null }
  const order = orders[result.order]
  const names = result.members.flatMap(({ place }) => order?.tests[place]?.[1] ?? [])
  return { alone, together: plainLine(plain, [...names, victim]) }
}
