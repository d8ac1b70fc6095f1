import { Client, Connection, type WorkflowHandle } from '@temporalio/client'
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker'
import { controlTaskQueue, hostTaskQueue, suiteWorkflowId, TASK_QUEUE } from '../../src/contract/names.ts'
import { failureInterceptor } from '../../src/temporal/activity-failures.ts'
import { workflowBundle } from '../../src/temporal/bundle.ts'
import { FAKE_SLOTS, type FakeOptions, fakeActivities, HOST, type Journal } from './fake-activities.ts'
import { startTestServer, type TestServerOptions } from './temporal-server.ts'

export interface WorkflowBench {
  client: Client
  /** Runs `test` with a worker whose activities are fakes. */
  withFakes<T>(options: FakeOptions, test: (journal: Journal, start: StartSuite) => Promise<T>): Promise<T>
  stop(): Promise<void>
}
export type StartSuite = (id: string) => Promise<WorkflowHandle>

/** A real server and real workers for workflow tests. */
export async function startWorkflowBench(options: TestServerOptions = {}): Promise<WorkflowBench> {
  Runtime.install({ logger: new DefaultLogger('ERROR') })
  const server = await startTestServer(options)
  const native = await NativeConnection.connect({ address: server.address })
  const connection = await Connection.connect({ address: server.address })
  const client = new Client({ connection })
  const codePath = await workflowBundle(server.config.cacheDir)
  const start: StartSuite = (id) =>
    client.workflow.start('CommitSuite', {
      workflowId: suiteWorkflowId(id),
      taskQueue: TASK_QUEUE,
      args: [{ repo: '/repo' }],
    })
  return {
    client,
    async withFakes(options, test) {
      const { activities, journal } = fakeActivities(options)
      const common = {
        ...{ connection: native, interceptors: { activity: [failureInterceptor] } },
        activities: { ...activities, ...options.search, ...options.isolation, ...options.sweep },
        ...{ maxHeartbeatThrottleInterval: 100, defaultHeartbeatThrottleInterval: 100, shutdownForceTime: 5000 },
      }
      const workers = await Promise.all([
        Worker.create({ ...common, taskQueue: TASK_QUEUE, workflowBundle: { codePath } }),
        Worker.create({
          ...common,
          taskQueue: hostTaskQueue(HOST),
          maxConcurrentActivityTaskExecutions: options.slots ?? FAKE_SLOTS,
        }),
        Worker.create({ ...common, taskQueue: controlTaskQueue(HOST) }),
      ])
      const [suites, host, control] = workers
      return await suites.runUntil(host.runUntil(control.runUntil(test(journal, start))))
    },
    async stop() {
      await connection.close()
      await native.close()
      await server.stop()
    },
  }
}
