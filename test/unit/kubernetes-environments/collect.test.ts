import { expect, test } from 'vitest'
import { ApiRefusal } from '../../../src/executors/kubernetes/cluster/refusal.ts'
import { collectEnvironments } from '../../../src/executors/kubernetes/environments/collect.ts'
import { ownerAnnotations, ownerLabels } from '../../../src/executors/kubernetes/environments/owner.ts'
import { KEYS, laneNamespace } from '../../../src/executors/kubernetes/names.ts'
import { FakeCluster } from '../../support/fake-cluster.ts'

const NOW = new Date('2026-01-02T00:00:00Z')
const SHA = 'a'.repeat(40)

function expired(cluster: FakeCluster, suite: string): string {
  const name = laneNamespace(suite, SHA)
  const owner = { kind: 'lane', suite, sha: SHA, repo: '/r' } as const
  const annotations = { ...ownerAnnotations(owner), [KEYS.expiresAt]: '2026-01-01T00:00:00Z' }
  cluster.namespaces.set(name, { metadata: { name, uid: name, labels: ownerLabels(owner), annotations } })
  return name
}

test('an environment whose removal is refused is said, and keeps no other from going', async () => {
  const cluster = new FakeCluster()
  const [first, second, third] = ['one', 'two', 'three'].map((suite) => expired(cluster, suite))
  cluster.before = (asked) => {
    if (asked === `delete namespace ${second}`) throw new ApiRefusal(403, { message: 'namespaces is forbidden' })
  }
  const options = { now: NOW, dryRun: false, standingOf: async () => ({ type: 'unknown' }) as const, endedForMs: 0 }
  const collected = await collectEnvironments(cluster, options, new AbortController().signal)
  expect(collected.removed.map(({ namespace }) => namespace)).toEqual([first, third])
  expect(collected.stuck).toEqual([
    { namespace: second, heldBy: ['the cluster refuses its removal: namespaces is forbidden'] },
  ])
  expect([...cluster.namespaces.keys()]).toEqual([second])
})
