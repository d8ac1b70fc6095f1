import { z } from 'zod'
import { isolationWorkflowId, searchWorkflowId, wholeOfPart } from '../contract/index.ts'
import type { SecretSource } from '../executors/executor.ts'

/** Values by suite, or `search/<id>` and `isolation/<id>` for all suites of one, then by name. */
export const secretsBySuiteSchema = z.record(z.string(), z.record(z.string(), z.string()))
export type SecretsBySuite = z.infer<typeof secretsBySuiteSchema>

const secretsMessageSchema = z.object({ type: z.literal('secrets'), suites: secretsBySuiteSchema })
export type SecretsMessage = z.infer<typeof secretsMessageSchema>

/**
 * The worker's view of what the supervisor keeps: each message replaces the one before. What a command did not hand
 * over for its suite comes from the worker's own environment.
 */
export class ReceivedSecrets implements SecretSource {
  readonly #environment: NodeJS.ProcessEnv
  #suites: SecretsBySuite = {}

  constructor(environment: NodeJS.ProcessEnv) {
    this.#environment = environment
  }

  /** Takes a message of the IPC channel; true if it was one of these. */
  receive(message: unknown): boolean {
    const parsed = secretsMessageSchema.safeParse(message)
    if (parsed.success) this.#suites = parsed.data.suites
    return parsed.success
  }

  valueOf(suite: string, name: string): string | undefined {
    const whole = wholeOfPart(suite)
    // No other suite has such an id (`assertOwnId`).
    const names = whole === undefined ? [] : [searchWorkflowId(whole), isolationWorkflowId(whole)]
    const ofWhole = names.map((name) => this.#suites[name] ?? {})
    // Own properties only: `constructor` is a possible name of a variable.
    const holder = [this.#suites[suite] ?? {}, ...ofWhole, this.#environment].find((values) =>
      Object.hasOwn(values, name),
    )
    return holder?.[name]
  }
}
