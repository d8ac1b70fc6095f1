import { describe, expect, test } from 'vitest'
import { resourceQuota } from '../../../src/executors/kubernetes/environments/bounds.ts'
import { podNeeds } from '../../../src/executors/kubernetes/environments/pod-needs.ts'
import { limitRange } from '../../../src/executors/kubernetes/environments/silent-containers.ts'

const hardOf = (...args: Parameters<typeof resourceQuota>) => resourceQuota(...args).spec?.hard

describe('the quota', () => {
  test('has room for the pods asked for and the set-up, and bounds what they say', () => {
    const perPod = { requests: { cpu: '100m', memory: '256Mi' }, limits: { cpu: '2', 'ephemeral-storage': '4Gi' } }
    expect(hardOf({ pods: 9, perPod })).toMatchObject({
      pods: '10',
      'requests.cpu': '1',
      'requests.memory': String(2560 * 1024 ** 2),
      'limits.cpu': '20',
      'limits.ephemeral-storage': String(40 * 1024 ** 3),
    })
    expect(hardOf({ pods: 9, perPod })).not.toHaveProperty('limits.memory')
  })

  test.each([
    ['1m', 2, '3m'],
    ['333m', 2, '999m'],
    ['0.1', 9, '1'],
    ['1500m', 1, '3'],
    ['100u', 4, '1m'],
  ])('%s for %i pods and the set-up is %s', (cpu, pods, expected) => {
    expect(hardOf({ pods, perPod: { requests: { cpu }, limits: {} } })).toMatchObject({ 'requests.cpu': expected })
  })

  test('of a session never falls below what its suites were given, and grows with them', () => {
    const needs = { pods: 1, perPod: { requests: { cpu: '1' }, limits: {} } }
    const before = { pods: '5', 'requests.cpu': '1500m', 'limits.memory': '1Gi', 'count/secrets': '20' }
    const hard = hardOf(needs, before)
    expect(hard).toMatchObject({ pods: '5', 'requests.cpu': '2', 'count/secrets': '20' })
    // Pods of this suite do not name it: bounded, they would be refused.
    expect(hard).not.toHaveProperty('limits.memory')
  })
})

describe('what a pod needs', () => {
  const container = (requests: Record<string, string>, limits: Record<string, string>) => ({
    name: 'c',
    resources: { requests, limits },
  })

  test('is that of all its containers', () => {
    const full = container({ cpu: '100m', memory: '64Mi', 'ephemeral-storage': '1Gi' }, {})
    const needs = podNeeds({ containers: [full, full], initContainers: [{ ...full, restartPolicy: 'Always' }] })
    expect(needs.requests).toEqual({
      cpu: '300m',
      memory: String(192 * 1024 ** 2),
      'ephemeral-storage': String(3 * 1024 ** 3),
    })
    expect(needs.limits).not.toHaveProperty('cpu')
  })

  test('is that of a bigger init container, which runs alone', () => {
    const { limits } = podNeeds({
      containers: [container({}, { memory: '1Gi' })],
      initContainers: [container({}, { memory: '3Gi' })],
    })
    expect(limits.memory).toBe(String(3 * 1024 ** 3))
  })

  test('counts the defaults of containers that say nothing, as the limit range gives them', () => {
    const spec = { containers: [container({}, { cpu: '2', memory: '1Gi' }), { name: 'silent' }] }
    const perPod = podNeeds(spec)
    const [defaults] = limitRange({ pods: 1, perPod }).spec.limits
    expect(defaults?.default).toMatchObject({ memory: '2Gi' })
    expect(perPod.limits.memory).toBe(String(3 * 1024 ** 3))
    // 2 by its limit, and the default request.
    expect(perPod.requests.cpu).toBe('2100m')
    // The default is what the pod requests, where that is more than one.
    expect(defaults?.default.cpu).toBe('2100m')
    expect(perPod.limits.cpu).toBe('4100m')
  })

  test('never gets a default limit below what it requests', () => {
    const perPod = podNeeds({ containers: [container({ memory: '6Gi' }, {})] })
    const [defaults] = limitRange({ pods: 1, perPod }).spec.limits
    expect(defaults?.default.memory).toBe(String(6 * 1024 ** 3))
    expect(perPod.limits.memory).toBe(String(6 * 1024 ** 3))
  })
})
