import { type Attributes, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { CommitSuiteError } from '../contract/index.ts'

/** How work ends that nobody wants any more. */
const CANCELLED: ReadonlySet<string> = new Set(['AbortError', 'CancelledFailure'])

/** Without a provider, which `startTracing` sets, its spans are nothing. */
export const tracer = () => trace.getTracer('commit-suite')

/**
 * Works within a span. Of an error it keeps the code only: messages may hold commands, addresses and what a test
 * printed.
 */
export async function inSpan<T>(
  name: string,
  attributes: Attributes,
  work: (span: Span) => Promise<T>,
  kind: SpanKind = SpanKind.INTERNAL,
): Promise<T> {
  return await tracer().startActiveSpan(name, { attributes, kind }, async (span) => {
    try {
      return await work(span)
    } catch (error) {
      const name = error instanceof CommitSuiteError ? error.code : nameOf(error)
      if (CANCELLED.has(name)) {
        span.setAttribute('commit_suite.cancelled', true)
      } else {
        span.setAttribute('error.type', name)
        span.setStatus({ code: SpanStatusCode.ERROR })
      }
      throw error
    } finally {
      span.end()
    }
  })
}

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : 'unknown')

/** Names of our attributes, which never hold commands, environments or addresses of repositories. */
export const runAttributes = (run: {
  suite?: string | undefined
  sha?: string | undefined
  attempt?: number | undefined
}): Attributes => ({
  ...(run.suite === undefined ? {} : { 'commit_suite.suite': run.suite }),
  ...(run.sha === undefined ? {} : { 'commit_suite.commit': run.sha }),
  ...(run.attempt === undefined ? {} : { 'commit_suite.attempt': run.attempt }),
})
