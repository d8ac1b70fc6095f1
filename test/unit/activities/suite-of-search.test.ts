import { expect, test } from 'vitest'
import { isComparable, suiteOfSearch } from '../../../activities/search/suite-of-search.ts'
import type { SuiteSpec } from '../../../src/contract/index.ts'
import { searchSpec } from '../../support/recorded-search.ts'

const own = suiteOfSearch(searchSpec('c-1', { env: { A: '1', B: '2' }, secretEnv: ['X', 'Y'] }))

test('suites of the same kind are comparable, whatever their commits, runs and seeds', () => {
  const other: SuiteSpec = {
    ...own,
    ...{ id: 's-1', commits: ['HEAD~4'], runs: 100, seed: 3, parallelism: 9, keep: 'always', priority: 4 },
    ...{ env: { B: '2', A: '1' }, secretEnv: ['Y', 'X'], partOf: { kind: 'search', id: 'c-9', round: 2 } },
  }
  expect(isComparable(own, other)).toBe(true)
})

test.each<[string, Partial<SuiteSpec>]>([
  ['command', { command: { shell: 'make other' } }],
  ['working directory', { workdir: 'sub' }],
  ['set-up', { setup: { shell: 'make deps' } }],
  ['set-up, which is none', { setup: null }],
  ['environment', { env: { A: '1', B: '3' } }],
  ['secrets', { secretEnv: ['X'] }],
  ['template', { projectType: 'python' }],
  ['executor', { executor: 'kubernetes', isolation: 'pod' }],
  ['isolation', { isolation: 'sandbox' }],
  ['order of tests', { shuffle: true }],
  ['time limit', { timeoutMs: 1_000 }],
  ['limits', { limits: { cpus: 1 } }],
])('suites with another %s are not', (_, fields) => {
  expect(isComparable(own, { ...own, ...fields })).toBe(false)
})

test('jobs and sessions keep and judge their runs in other ways', () => {
  expect(isComparable(own, { ...own, job: { endpoint: 'flaky', open: [] } })).toBe(false)
  expect(isComparable(own, { ...own, session: { chat: '1', user: '2', key: '' } })).toBe(false)
})
