import type { NewSuiteEvent, SuiteEvent } from '../../../src/contract/index.ts'
import { suiteEventSchema } from '../../../src/contract/index.ts'

const SUITE = 'im-14-0a1b2c3d-000001'
const SHA = 'a1'.repeat(20)
const run = { sha: SHA, run: `${SUITE}.${SHA.slice(0, 12)}.0`, attempt: 0, seed: 5 }

type Told = Pick<NewSuiteEvent, 'type'> & { data: object }

/** Events of one suite, a second apart from 10:00:02 on. */
export const told = (...events: Told[]): SuiteEvent[] =>
  events.map((event, index) => {
    const at = new Date(Date.UTC(2026, 0, 31, 10, 0, index + 2)).toISOString()
    return suiteEventSchema.parse({ ...event, suite: SUITE, seq: index + 1, at })
  })

export const resolved: Told = {
  type: 'commit.resolved',
  data: { sha: SHA, position: 0, refs: ['HEAD~1'], subject: 'Price parcels by weight' },
}
export const begun: Told = { type: 'suite.started', data: { repo: '/r', runs: 1, parallelism: 1, seed: 5 } }
export const step = (name: string, message = name, more: object = {}): Told => ({
  type: 'environment.step',
  data: { sha: SHA, step: name, message, ...more },
})
export const runStarted = (number = 1): Told => ({ type: 'run.started', data: { ...run, try: number, node: 'n' } })
export const retried = (fault: string, message: string): Told => ({
  type: 'run.retried',
  data: { ...run, try: 1, fault, message },
})
export const runFinished = (outcome: string, more: object = {}): Told => ({
  type: 'run.finished',
  data: { ...run, outcome, reason: null, exitCode: 0, durationMs: 12_408, tries: 1, ...more },
})
export const finished = (status = 'completed', more: object = {}): Told => ({
  type: 'suite.finished',
  data: { status, ...more },
})
