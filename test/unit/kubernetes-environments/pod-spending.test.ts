import type { V1Pod } from '@kubernetes/client-node'
import { expect, test } from 'vitest'
import { podHolding, podSpending } from '../../../src/executors/kubernetes/environments/pod-spending.ts'

const NOW = new Date('2026-01-01T10:00:00Z')
const pod = (status: V1Pod['status'] = {}): V1Pod => ({
  status,
  spec: {
    containers: [
      { name: 'test', resources: { requests: { cpu: '1500m', memory: '2Gi', 'ephemeral-storage': '1Gi' } } },
      { name: 'database', resources: { requests: { cpu: '500m', memory: '2Gi', 'ephemeral-storage': '1Gi' } } },
    ],
  },
})
const ended = (at: string) => ({
  ...{ name: 'test', image: '', imageID: '', ready: false, restartCount: 0 },
  state: { terminated: { exitCode: 0, finishedAt: new Date(at) } },
})

test('a pod holds what all its containers ask for', () => {
  expect(podHolding(pod())).toEqual({ cpuMillis: 2000, memoryBytes: 4 * 1024 ** 3, diskBytes: 2 * 1024 ** 3 })
})

test('it spends from its start to now', () => {
  const spent = podSpending(pod({ phase: 'Running', startTime: new Date('2026-01-01T07:00:00Z') }), NOW)
  expect(spent).toEqual({ cpuHours: 6, memoryGibHours: 12, diskGibHours: 6 })
})

test('one that has ended spent until its last container did', () => {
  const startTime = new Date('2026-01-01T07:00:00Z')
  const containerStatuses = [ended('2026-01-01T07:30:00Z'), ended('2026-01-01T08:00:00Z')]
  expect(podSpending(pod({ phase: 'Failed', startTime, containerStatuses }), NOW).cpuHours).toBe(2)
})

test('one that waits for a node has spent nothing', () => {
  expect(podSpending(pod({ phase: 'Pending' }), NOW)).toEqual({ cpuHours: 0, memoryGibHours: 0, diskGibHours: 0 })
})
