import { Client, Connection } from '@temporalio/client'
import { suiteWorkflowId } from '../../src/contract/index.ts'
import type { StackInfo } from '../../src/temporal/supervisor/client.ts'
import { until } from '../support/until.ts'

export interface Histories {
  /** Over all executions of the suite, its lanes and runs, continued ones included. */
  events: number
  longest: number
}

/** Reads them once the server lists every execution as closed, which it does a moment after they are. */
export async function historiesOf(stack: StackInfo, suite: string, runs: number): Promise<Histories> {
  const connection = await Connection.connect({ address: stack.temporalAddress })
  try {
    const client = new Client({ connection, namespace: stack.namespace })
    const id = suiteWorkflowId(suite)
    const query = `WorkflowId = "${id}" OR WorkflowId STARTS_WITH "${id}/"`
    await until('all executions are listed as closed', async () => {
      const { count } = await client.workflow.count(`(${query}) AND ExecutionStatus != "Running"`)
      const open = await client.workflow.count(`(${query}) AND ExecutionStatus = "Running"`)
      return open.count === 0 && count >= runs + 2
    })
    const lengths: number[] = []
    for await (const { historyLength } of client.workflow.list({ query, pageSize: 1000 })) lengths.push(historyLength)
    return { events: lengths.reduce((sum, length) => sum + length, 0), longest: Math.max(...lengths) }
  } finally {
    await connection.close()
  }
}
