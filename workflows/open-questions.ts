import {
  CancellationScope,
  ChildWorkflowCancellationType,
  ChildWorkflowFailure,
  condition,
  ParentClosePolicy,
  startChild,
} from '@temporalio/workflow'
import { suiteWorkflowId } from '../src/contract/names.ts'
import { learnOrder } from './activities.ts'
import { CommitSuite } from './commit-suite.ts'
import type { IsolationPlan, QuestionPart } from './isolation-api.ts'
import { resultWithItsScope } from './with-its-scope.ts'

interface OpenPart {
  scope: CancellationScope
  ended: Promise<void>
}

/** The suites that make runs of open questions. One costs at most 18 events: its own, and those of an order it tells. */
export class OpenQuestions {
  readonly #plan: IsolationPlan
  readonly #open = new Map<string, OpenPart>()
  /** Suites that were begun by this execution, whatever became of them. */
  readonly #begun = new Set<string>()
  /** How many have come to their end. */
  ended = 0
  #failure: unknown

  constructor(plan: IsolationPlan) {
    this.#plan = plan
  }

  get suites(): string[] {
    return [...this.#open.keys()]
  }

  /** Begins what is new of the parts that are needed, and cancels what is needed no more. */
  follow(parts: readonly QuestionPart[], { begin }: { begin: boolean }): void {
    const needed = new Set(parts.map(({ suite }) => suite))
    for (const [suite, { scope }] of this.#open) if (!needed.has(suite)) scope.cancel()
    for (const part of parts) if (begin && !this.#begun.has(part.suite)) this.#begin(part)
  }

  /** Until more suites than these have come to their end; throws why one failed. */
  async untilMoreThan(ended: number): Promise<void> {
    await condition(() => this.#failure !== undefined || this.ended > ended)
    if (this.#failure !== undefined) throw this.#failure
  }

  /** Cancels what is still open, and returns once nothing is. */
  async end(): Promise<void> {
    const open = [...this.#open.values()]
    for (const { scope } of open) scope.cancel()
    await Promise.all(open.map(({ ended }) => ended))
  }

  #begin(part: QuestionPart): void {
    const { suite } = part
    const scope = new CancellationScope({ cancellable: true })
    this.#begun.add(suite)
    const ended = scope
      .run(() => this.#work(part))
      .catch((error: unknown) => {
        if (!scope.consideredCancelled) this.#failure ??= error
      })
      .then(() => {
        this.#open.delete(suite)
        this.ended++
      })
    this.#open.set(suite, { scope, ended })
  }

  async #work(part: QuestionPart): Promise<void> {
    const { suite, question, tellsOrder } = part
    const { isolation } = this.#plan
    await this.#suite(part)
    if (tellsOrder) await learnOrder({ isolation, question, suite })
  }

  /** All that is not said here is on record under the number of the question. */
  async #suite({ suite, question, parallelism, summary }: QuestionPart): Promise<void> {
    const { isolation, repo, sha, priority } = this.#plan
    try {
      await resultWithItsScope(
        startChild(CommitSuite, {
          workflowId: suiteWorkflowId(suite),
          args: [{ repo, commits: [sha], parallelism, partOf: { kind: 'isolation', id: isolation, round: question } }],
          parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
          cancellationType: ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED,
          priority: { priorityKey: priority },
          staticSummary: summary,
          staticDetails: `for the isolation ${isolation}`,
        }),
      )
    } catch (error) {
      throw error instanceof ChildWorkflowFailure && error.cause !== undefined ? error.cause : error
    }
  }
}
