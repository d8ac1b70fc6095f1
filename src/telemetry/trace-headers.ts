import { type Context, context, propagation, ROOT_CONTEXT, SpanKind } from '@opentelemetry/api'
import type { WorkflowClientInterceptor } from '@temporalio/client'
import { defaultPayloadConverter, type Headers } from '@temporalio/common'
import type { ActivityInterceptorsFactory } from '@temporalio/worker'
import { activityNotes } from './activity-notes.ts'
import { fieldsOfArgument, fieldsOfWorkflow } from './log-fields.ts'
import { inSpan, runAttributes } from './spans.ts'

// MAINTENANCE: workflows/carry-trace.ts hands this header on to activities and children.
const HEADER = 'traceparent'

function headersOf(active: Context, headers: Headers): Headers {
  const carrier: Record<string, string> = {}
  propagation.inject(active, carrier)
  const value = carrier[HEADER]
  return value === undefined ? headers : { ...headers, [HEADER]: defaultPayloadConverter.toPayload(value) }
}

function contextOf(headers: Headers): Context {
  const payload = headers[HEADER]
  const value: unknown = payload === undefined ? undefined : defaultPayloadConverter.fromPayload(payload)
  return typeof value === 'string' ? propagation.extract(ROOT_CONTEXT, { [HEADER]: value }) : ROOT_CONTEXT
}

/** Starts of workflows are spans, and hand their trace on. */
export const traceStarts: WorkflowClientInterceptor = {
  startWithDetails: (input, next) => {
    const { workflowId } = input.options
    const attributes = { 'temporal.workflow.id': workflowId, ...runAttributes(fieldsOfWorkflow(workflowId)) }
    const start = () => next({ ...input, headers: headersOf(context.active(), input.headers) })
    return inSpan(`start ${input.workflowType}`, attributes, start, SpanKind.PRODUCER)
  },
}

/** Attempts of activities are spans of the trace that their workflow was started in, else of one of their own. */
export const traceActivities: ActivityInterceptorsFactory = ({ info }) => ({
  inbound: {
    execute(input, next) {
      const attributes = {
        'temporal.activity.attempt': info.attempt,
        ...(info.workflowExecution === undefined ? {} : { 'temporal.workflow.id': info.workflowExecution.workflowId }),
        ...runAttributes(fieldsOfArgument(input.args)),
      }
      return context.with(contextOf(input.headers), () =>
        inSpan(
          info.activityType,
          attributes,
          async (span) => {
            try {
              return await next(input)
            } finally {
              const { seed, try: nth, outcome } = activityNotes() ?? {}
              if (seed !== undefined) span.setAttribute('commit_suite.seed', seed)
              if (nth !== undefined) span.setAttribute('commit_suite.try', nth)
              if (outcome !== undefined) span.setAttribute('commit_suite.outcome', outcome)
            }
          },
          SpanKind.CONSUMER,
        ),
      )
    },
  },
})
