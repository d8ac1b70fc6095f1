import { expect, test } from 'vitest'
import type { PrepareRequest } from '../../../src/executors/executor.ts'
import { treeKey } from '../../../src/executors/kubernetes/prepare/tree-key.ts'
import { template } from '../kubernetes-manifest/fixture.ts'
import { SHA } from './fixture.ts'

const request = (changes: Partial<PrepareRequest> = {}): PrepareRequest => ({
  ...{ template: template(), suite: 's', sha: SHA, mirrorPath: '/home/a/.commit-suite/mirrors/0123456789abcdef.git' },
  ...{ setup: [{ shell: 'make' }], workdir: '.', env: { A: '1', B: '2' }, secretEnv: ['T'], isolation: 'pod' },
  ...{ limits: {}, parallelism: 1, timeoutMs: 1_000 },
  ...changes,
})
const key = treeKey(request())

test('a tree has the same name on every worker, wherever its state lies', () => {
  expect(treeKey(request({ mirrorPath: '/var/lib/worker-2/mirrors/0123456789abcdef.git' }))).toBe(key)
  expect(treeKey(request({ env: { B: '2', A: '1' }, suite: 'another', parallelism: 9 }))).toBe(key)
})

test.each([
  { mirrorPath: '/home/a/.commit-suite/mirrors/fedcba9876543210.git' },
  { sha: SHA.replace('a', 'b') },
  { setup: [] },
  { workdir: 'sub' },
  { env: { A: '2' } },
  { secretEnv: [] },
  { template: template({ image: 'template:2' }) },
] satisfies Partial<PrepareRequest>[])('another one where %j', (changes) => {
  expect(treeKey(request(changes))).not.toBe(key)
})
