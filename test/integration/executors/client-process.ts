import { createLocalExecutor } from '../../../src/executors/local/executor.ts'

/** A worker to be killed: starts the run given as JSON, prints `started` and its output, and waits. */
const [stateDir = '', request = '{}'] = process.argv.slice(2)
const executor = createLocalExecutor({ stateDir, runnerIdleMs: 5_000 })
await executor.run(JSON.parse(request), {
  signal: new AbortController().signal,
  heartbeat: () => undefined,
  onStarted: async () => console.log('started'),
  onOutput: async ({ bytes }) => void process.stdout.write(bytes),
})
