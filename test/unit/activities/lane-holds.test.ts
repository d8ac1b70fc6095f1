import { describe, expect, it } from 'vitest'
import { LaneHolds } from '../../../activities/lane-holds.ts'
import { withItsLane } from '../../../activities/with-its-lane.ts'
import { wasCancelled } from '../../../src/executors/was-cancelled.ts'

const untilAborted = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }))

const CANCELLED = () => new Error('CANCELLED')
const context = (signal: AbortSignal) => ({ signal, heartbeat: () => undefined })

describe('the hold of a lane', () => {
  it('that is cancelled cancels the runs of its execution, and no others', () => {
    const holds = new LaneHolds()
    holds.begin('first')
    holds.begin('next')
    const [first, next] = [holds.signalOf('first'), holds.signalOf('next')]
    holds.cancel('first')
    expect(first && wasCancelled(first)).toBe(true)
    expect(next?.aborted).toBe(false)
    expect(holds.signalOf('first')).toBeUndefined()
  })

  it('that ends with its worker lets runs go on', () => {
    const holds = new LaneHolds()
    holds.begin('lane')
    const signal = holds.signalOf('lane')
    holds.forget('lane')
    expect(signal?.aborted).toBe(false)
    expect(holds.signalOf(undefined)).toBeUndefined()
  })
})

describe('a run with its lane', () => {
  it('ends its work with the lane, and itself once it is cancelled too', async () => {
    const [own, lane] = [new AbortController(), new AbortController()]
    const steps: string[] = []
    const run = withItsLane(context(own.signal), lane.signal, (signal) =>
      untilAborted(signal).finally(() => {
        steps.push('work ended')
        setImmediate(() => {
          steps.push('cancelled')
          own.abort(CANCELLED())
        })
      }),
    )
    lane.abort(CANCELLED())
    await expect(run).rejects.toThrow('CANCELLED')
    expect(steps).toEqual(['work ended', 'cancelled'])
    expect(own.signal.aborted).toBe(true)
  })

  it('is cancelled without its lane too, and fails as ever', async () => {
    const [own, lane] = [new AbortController(), new AbortController()]
    const cancelled = withItsLane(context(own.signal), lane.signal, untilAborted)
    own.abort(CANCELLED())
    await expect(cancelled).rejects.toBe(own.signal.reason)
    const other = new AbortController().signal
    const broken = withItsLane(context(other), lane.signal, () => Promise.reject(new Error('the disk is full')))
    await expect(broken).rejects.toThrow('the disk is full')
    await expect(withItsLane(context(other), undefined, async (signal) => signal)).resolves.toBe(other)
  })
})
