import { Client, Connection } from '@temporalio/client'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { EnvironmentOwner } from '../../../../src/executors/environment-access.ts'
import { ensureEnvironment } from '../../../../src/executors/kubernetes/environments/ensure.ts'
import { keepEnvironment } from '../../../../src/executors/kubernetes/environments/keep.ts'
import { JANITOR } from '../../../../src/temporal/janitor-schedule.ts'
import { until } from '../../../support/until.ts'
import { PodBench } from '../../support/pod-bench.ts'
import { never, WANTS } from '../environments/environments.ts'

const HOUR_MS = 3_600_000
const unique = `${process.pid.toString(36)}${Date.now().toString(36)}`

let bench: PodBench
const made: string[] = []
beforeAll(async () => {
  bench = await PodBench.make()
})
afterAll(async () => {
  for (const name of made) {
    await bench.cluster.request(({ core }) => core.deleteNamespace({ name })).catch(() => undefined)
  }
  await bench.dispose()
})

async function sessionUntil(user: string, until: Date): Promise<string> {
  const owner: EnvironmentOwner = { kind: 'session', session: { chat: `janitor${unique}`, user, key: '' } }
  const { namespace } = await ensureEnvironment(bench.cluster, owner, WANTS, never)
  await keepEnvironment(bench.cluster, namespace, owner, until, never)
  made.push(namespace)
  return namespace
}

const isGoing = async (name: string): Promise<boolean> => {
  if (!(await bench.namespaceExists(name))) return true
  const { status } = await bench.cluster.request(({ core }) => core.readNamespace({ name }))
  return status?.phase === 'Terminating'
}

it('the schedule that comes with the first suite in pods removes what outlived its time, and nothing else', async () => {
  const [over, current] = [
    await sessionUntil('over', new Date(Date.now() - HOUR_MS)),
    await sessionUntil('current', new Date(Date.now() + HOUR_MS)),
  ]
  const id = bench.id('open')
  const going = bench.home.cli(...bench.suite(id, 'sleep 600', 1))
  await bench.untilRunning(id, 1)
  const { temporalAddress, namespace } = await bench.home.readyStack()
  const connection = await Connection.connect({ address: temporalAddress })
  try {
    const client = new Client({ connection, namespace })
    const schedule = client.schedule.getHandle(JANITOR)
    await schedule.trigger()
    const started = async () => (await schedule.describe()).info.recentActions[0]?.action.workflow.workflowId
    await until('the schedule has started it', async () => (await started()) !== undefined)
    const report: unknown = await client.workflow.getHandle((await started()) ?? '').result()
    expect(report).toMatchObject({ unreached: [] })
    expect(await isGoing(over)).toBe(true)
    expect([await isGoing(current), await isGoing(bench.namespaceOf(id))]).toEqual([false, false])
  } finally {
    await connection.close()
    await bench.home.cli('cancel', id)
    await going
  }
})
