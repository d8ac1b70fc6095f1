import type { Headers } from '@temporalio/common'
import type { WorkflowInterceptorsFactory } from '@temporalio/workflow'

// MAINTENANCE: src/telemetry/trace-headers.ts sets and reads it.
const HEADER = 'traceparent'

/**
 * Hands the trace that a workflow was started in on to its activities, children and successors. It adds no command and
 * decides nothing; histories without the header have none anywhere.
 */
export const interceptors: WorkflowInterceptorsFactory = () => {
  let carried: Headers = {}
  const handOn = <I extends { readonly headers: Headers }, R>(input: I, next: (input: I) => R): R =>
    next({ ...input, headers: { ...carried, ...input.headers } })
  return {
    inbound: [
      {
        execute(input, next) {
          const header = input.headers[HEADER]
          if (header !== undefined) carried = { [HEADER]: header }
          return next(input)
        },
      },
    ],
    outbound: [
      {
        scheduleActivity: handOn,
        scheduleLocalActivity: handOn,
        startChildWorkflowExecution: handOn,
        continueAsNew: handOn,
      },
    ],
  }
}
