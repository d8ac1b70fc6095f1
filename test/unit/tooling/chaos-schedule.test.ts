import { expect, it } from 'vitest'
import { schedule } from '../../chaos/schedule.ts'

const parts = new Map([
  ['worker', ['kill', 'freeze'] as const],
  ['database', ['cut'] as const],
])

it('a seed always decides the same faults, and another one others', () => {
  const of = (seed: number) => schedule({ seed, durationMs: 60_000, parts })
  expect(of(7)).toEqual(of(7))
  expect(of(7)).not.toEqual(of(8))
})

it('faults come in order within the time, of every kind that a part suffers and of no other', () => {
  const faults = schedule({ seed: 3, durationMs: 600_000, parts })
  expect(faults.map(({ atMs }) => atMs)).toEqual(faults.map(({ atMs }) => atMs).toSorted((a, b) => a - b))
  expect(faults.every(({ atMs, forMs }) => atMs < 600_000 && forMs >= 200 && forMs <= 8_000)).toBe(true)
  const kinds = new Set(faults.map(({ part, kind }) => `${part} ${kind}`))
  expect(kinds).toEqual(new Set(['worker kill', 'worker freeze', 'database cut']))
})
