/**
 * Starts a suite through Temporal alone and follows it, as a script of your own would.
 *
 * usage: TEMPORAL_ADDRESS=127.0.0.1:7233 node examples/start-suite.ts REPOSITORY COMMAND
 * `commit-suite serve` prints the address of the embedded server.
 */
import { Client, Connection } from '@temporalio/client'

const [repo, command] = process.argv.slice(2)
const address = process.env.TEMPORAL_ADDRESS
if (repo === undefined || command === undefined || address === undefined) {
  throw new Error('usage: TEMPORAL_ADDRESS=HOST:PORT node examples/start-suite.ts REPOSITORY COMMAND')
}

const connection = await Connection.connect({ address })
const client = new Client({ connection })
// The suite's id is taken from the workflow's; all but `repo` has a default.
const suite = await client.workflow.start('CommitSuite', {
  workflowId: `suite/example-${Date.now().toString(36)}`,
  taskQueue: 'commit-suite',
  args: [{ repo, command: { shell: command }, commits: ['HEAD'], runs: 10 }],
})
console.error(`started ${suite.workflowId}`)
console.log(JSON.stringify(await suite.result()))
await connection.close()
