import { afterAll, beforeAll, expect, test } from 'vitest'
import type { EnvironmentOwner } from '../../../../src/executors/environment-access.ts'
import { connectCluster } from '../../../../src/executors/kubernetes/cluster/connect.ts'
import { ensureEnvironment } from '../../../../src/executors/kubernetes/environments/ensure.ts'
import { Environments, never, WANTS } from './environments.ts'

let environments: Environments
beforeAll(async () => {
  environments = new Environments(await connectCluster(undefined))
})
afterAll(() => environments.removeAll())

test("a session's namespace was made by the request that asks again after a crash, and by no other", async () => {
  const session = { chat: `env${process.pid}-made`, user: 'by', key: '' }
  const owner: EnvironmentOwner = { kind: 'session', session }
  const ensure = async (createdBy: string) =>
    await ensureEnvironment(environments.cluster, owner, WANTS, never, { createdBy })
  const namespace = environments.forget(`im-${session.chat}-by`)
  expect(await ensure('first')).toEqual({ namespace, created: true })
  expect(await ensure('second')).toEqual({ namespace, created: false })
  expect(await ensure('first')).toEqual({ namespace, created: true })
})
