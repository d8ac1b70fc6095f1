import { expect, test } from 'vitest'
import { hostExecutors } from '../../../src/temporal/host-executors.ts'
import { fakePods } from '../../support/fake-pods.ts'

function closable() {
  const closed: string[] = []
  const make = (name: string) => ({ ...fakePods({}).executor, close: async () => void closed.push(name) })
  return { make, closed }
}

test('the executor for pods is opened by the first suite in pods, once, and closed with the other', async () => {
  const { make, closed } = closable()
  const local = make('local')
  let opened = 0
  const executors = hostExecutors(local, async () => {
    opened += 1
    return make('kubernetes')
  })
  expect(executors.of('local')).toBe(local)
  expect(opened).toBe(0)
  const [first, second] = await Promise.all([executors.of('kubernetes'), executors.of('kubernetes')])
  expect(first).toBe(second)
  expect(opened).toBe(1)
  await executors.close()
  expect(closed.toSorted()).toEqual(['kubernetes', 'local'])
})

test('one that could not be opened is tried again by the next suite', async () => {
  const { make, closed } = closable()
  const answers = [() => Promise.reject(new Error('bad egress')), async () => make('kubernetes')]
  const executors = hostExecutors(make('local'), () => answers.shift()?.() ?? Promise.reject(new Error('asked again')))
  await expect(executors.of('kubernetes')).rejects.toThrow('bad egress')
  await expect(executors.of('kubernetes')).resolves.toBeDefined()
  await executors.close()
  expect(closed).toHaveLength(2)
})

test('a host without suites in pods closes what it has', async () => {
  const { make, closed } = closable()
  await hostExecutors(make('local'), () => Promise.reject(new Error('nobody asked'))).close()
  expect(closed).toEqual(['local'])
})
