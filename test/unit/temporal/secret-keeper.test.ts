import { Socket } from 'node:net'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { ReceivedSecrets } from '../../../src/temporal/suite-secrets.ts'
import { SecretKeeper } from '../../../src/temporal/supervisor/secret-keeper.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const open = new Set<string>()
afterEach(() => open.clear())
const keeper = () => new SecretKeeper(async (suite) => open.has(suite))
const of = (value: string, suites = ['s-1']) => ({ suites, values: { TOKEN: value } })

test('the first value of a suite stays while the suite is open, whoever joins', async () => {
  const secrets = keeper()
  const first = new Socket()
  await secrets.keep(first, of('one'))
  await secrets.keep(new Socket(), { suites: ['s-1', 's-2'], values: { TOKEN: 'two', MORE: 'x' } })
  expect(secrets.bySuite()).toEqual({ 's-1': { TOKEN: 'one', MORE: 'x' }, 's-2': { TOKEN: 'two', MORE: 'x' } })
})

test('what a refused start left behind does not count for the next one', async () => {
  const secrets = keeper()
  const refused = new Socket()
  await secrets.keep(refused, of('old'))
  secrets.release(refused)
  await secrets.keep(new Socket(), of('new'))
  expect(secrets.bySuite()).toEqual({ 's-1': { TOKEN: 'new' } })
})

test('the suites of a search have its values, and no other suite does', () => {
  const secrets = new ReceivedSecrets({ MORE: 'own' })
  secrets.receive({ type: 'secrets', suites: { 'search/c-1': { TOKEN: 'one' }, 's-2': { TOKEN: 'two' } } })
  expect(secrets.valueOf('c-1-12-3', 'TOKEN')).toBe('one')
  expect(secrets.valueOf('c-1-12-3', 'MORE')).toBe('own')
  for (const other of ['c-1', 'c-1-1', 'c-1-0-1', 'c-10-1-1', 's-2-1-1']) {
    expect(secrets.valueOf(other, 'TOKEN'), other).toBeUndefined()
  }
})

test('values outlive a command that detaches, until the suite has ended', async () => {
  const secrets = keeper()
  const command = new Socket()
  await secrets.keep(command, of('one'))
  secrets.release(command)
  // The suite may not be on record yet.
  expect(await secrets.prune()).toBe(false)
  open.add('s-1')
  vi.advanceTimersByTime(3_600_000)
  expect(await secrets.prune()).toBe(false)
  open.delete('s-1')
  expect(await secrets.prune()).toBe(true)
  expect(secrets.bySuite()).toEqual({})
})

test('values stay where the record cannot be read, and while their command is there', async () => {
  const unreadable = new SecretKeeper(() => Promise.reject(new Error('locked')))
  const command = new Socket()
  await unreadable.keep(command, of('one'))
  unreadable.release(command)
  vi.advanceTimersByTime(3_600_000)
  expect(await unreadable.prune()).toBe(false)
  const secrets = keeper()
  await secrets.keep(command, of('one'))
  vi.advanceTimersByTime(3_600_000)
  expect(await secrets.prune()).toBe(false)
})

test('the worker takes a suite’s own value first, then its environment', () => {
  const received = new ReceivedSecrets({ TOKEN: 'mine', OTHER: 'mine too' })
  expect(received.receive({ type: 'ready' })).toBe(false)
  expect(received.valueOf('s-1', 'TOKEN')).toBe('mine')
  expect(received.receive({ type: 'secrets', suites: { 's-1': { TOKEN: 'theirs' } } })).toBe(true)
  expect(received.valueOf('s-1', 'TOKEN')).toBe('theirs')
  expect(received.valueOf('s-1', 'OTHER')).toBe('mine too')
  expect(received.valueOf('s-2', 'TOKEN')).toBe('mine')
  expect(received.valueOf('s-1', 'constructor')).toBeUndefined()
  received.receive({ type: 'secrets', suites: {} })
  expect(received.valueOf('s-1', 'TOKEN')).toBe('mine')
})

test('hands those of an isolation to its suites too', () => {
  const secrets = new ReceivedSecrets({})
  secrets.receive({ type: 'secrets', suites: { 'isolation/i-1': { TOKEN: 'one' } } })
  expect(secrets.valueOf('i-1-12-3', 'TOKEN')).toBe('one')
  expect(secrets.valueOf('i-2-12-3', 'TOKEN')).toBeUndefined()
  expect(secrets.valueOf('i-1', 'TOKEN')).toBeUndefined()
})
