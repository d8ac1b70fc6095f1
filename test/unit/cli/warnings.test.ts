import { expect, test } from 'vitest'
import { plainNews } from '../../../src/cli/progress/plain.ts'
import { type SuiteEventData, suiteEventSchema } from '../../../src/contract/index.ts'
import { applyEvents } from '../../../src/progress/apply-event.ts'
import { initialProgress } from '../../../src/progress/state.ts'
import { SHA } from './fixture.ts'

const step = (seq: number, data: Omit<SuiteEventData<'environment.step'>, 'sha'>) =>
  suiteEventSchema.parse({
    ...{ seq, type: 'environment.step', suite: 's-one', at: '2026-01-02T03:04:05.000Z' },
    data: { sha: SHA, ...data },
  })
const resolved = suiteEventSchema.parse({
  ...{ seq: 1, type: 'commit.resolved', suite: 's-one', at: '2026-01-02T03:04:05.000Z' },
  data: { sha: SHA, position: 0, refs: [], subject: 'Add' },
})

test('a warning that comes while runs go on is told besides the earlier ones, and is no step', () => {
  const ready = applyEvents(initialProgress('s-one'), [
    resolved,
    step(2, { step: 'ready', message: 'prepared; old', warnings: ['old'] }),
  ])
  const warned = applyEvents(ready, [step(3, { step: 'warning', message: 'new', warnings: ['new'] })])
  expect(plainNews(ready, warned)).toEqual([`${SHA.slice(0, 12)} Add: warning: new`])
  expect(plainNews(initialProgress('s-one'), warned)).toEqual([
    `${SHA.slice(0, 12)} Add: warning: old`,
    `${SHA.slice(0, 12)} Add: warning: new`,
  ])
  expect(warned.commits.get(SHA)).toMatchObject({ step: { name: 'ready' }, warnings: ['old', 'new'] })
})
