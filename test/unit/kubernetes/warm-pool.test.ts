import { describe, expect, test } from 'vitest'
import { type LeftPods, type PoolPods, type WarmPod, WarmPool } from '../../../src/executors/kubernetes/warm/pool.ts'

const never = new AbortController().signal

/** Pods as a cluster would give them: each start is let through by hand. */
class FakePods implements PoolPods {
  readonly starts: { nth: number; go: PromiseWithResolvers<WarmPod> }[] = []
  readonly removed: string[] = []
  readonly dead = new Set<string>()
  left: LeftPods = { pods: [], unready: [], last: 0 }

  existing = async () => this.left
  isAlive = async ({ name }: WarmPod) => !this.dead.has(name)
  remove = async ({ name }: WarmPod) => void this.removed.push(name)

  start(nth: number): Promise<WarmPod> {
    const go = Promise.withResolvers<WarmPod>()
    this.starts.push({ nth, go })
    return go.promise
  }

  async ready(at: number): Promise<string> {
    await expect.poll(() => this.starts.length).toBeGreaterThan(at)
    const start = this.starts[at]
    if (start === undefined) throw new Error(`no start ${at}`)
    const name = `p-warm-${start.nth}`
    start.go.resolve({ name, node: 'n', runs: 0 })
    return name
  }
}

describe('pods serve one run after another', () => {
  test('a run takes the idle pod instead of a new one', async () => {
    const pods = new FakePods()
    const pool = new WarmPool(pods, 10)
    const first = pool.claim('a', never, async () => undefined)
    const name = await pods.ready(0)
    expect((await first).name).toBe(name)
    await pool.giveBack('a', true)
    expect((await pool.claim('b', never, async () => undefined)).name).toBe(name)
    expect(pods.starts).toHaveLength(1)
  })

  test('a pod given back goes to whoever waited longest, though a new one is on its way', async () => {
    const pods = new FakePods()
    const pool = new WarmPool(pods, 10)
    const a = pool.claim('a', never, async () => undefined)
    const name = await pods.ready(0)
    await a
    const b = pool.claim('b', never, async () => undefined)
    const c = pool.claim('c', never, async () => undefined)
    await expect.poll(() => pods.starts.length).toBe(3)
    await pool.giveBack('a', true)
    expect((await b).name).toBe(name)
    const other = await pods.ready(1)
    expect((await c).name).toBe(other)
  })

  test.each([
    ['after so many runs', true, 1],
    ['when it is not healthy', false, 10],
  ])('a pod is replaced %s', async (_, healthy, runsPerPod) => {
    const pods = new FakePods()
    const pool = new WarmPool(pods, runsPerPod)
    const a = pool.claim('a', never, async () => undefined)
    const name = await pods.ready(0)
    await a
    await pool.giveBack('a', healthy)
    expect(pods.removed).toEqual([name])
    const b = pool.claim('b', never, async () => undefined)
    expect(await pods.ready(1)).not.toBe(name)
    await b
  })

  test('an idle pod that has died meanwhile is not handed out', async () => {
    const pods = new FakePods()
    const pool = new WarmPool(pods, 10)
    const a = pool.claim('a', never, async () => undefined)
    const name = await pods.ready(0)
    await a
    await pool.giveBack('a', true)
    pods.dead.add(name)
    const b = pool.claim('b', never, async () => undefined)
    const other = await pods.ready(1)
    expect((await b).name).toBe(other)
    expect(pods.removed).toEqual([name])
  })
})

describe('a new worker', () => {
  test('finds the pod of a run that goes on, and new pods get new names', async () => {
    const pods = new FakePods()
    pods.left = {
      pods: [
        { pod: { name: 'p-warm-3', node: 'n', runs: 4 }, running: 'a', ended: [] },
        { pod: { name: 'p-warm-7', node: 'n', runs: 1 }, running: null, ended: [] },
      ],
      unready: [],
      last: 7,
    }
    const pool = new WarmPool(pods, 10)
    expect((await pool.claim('a', never, async () => undefined)).name).toBe('p-warm-3')
    expect((await pool.claim('b', never, async () => undefined)).name).toBe('p-warm-7')
    const c = pool.claim('c', never, async () => undefined)
    expect(await pods.ready(0)).toBe('p-warm-8')
    await c
  })

  test('goes on with pods that were on their way, and takes no name that is not free yet', async () => {
    const pods = new FakePods()
    // The fifth is going: nobody can use it, and its name is taken.
    pods.left = { pods: [], unready: [2], last: 5 }
    const pool = new WarmPool(pods, 10)
    const a = pool.claim('a', never, async () => undefined)
    const b = pool.claim('b', never, async () => undefined)
    await pods.ready(0)
    await pods.ready(1)
    await Promise.all([a, b])
    expect(pods.starts.map(({ nth }) => nth)).toEqual([2, 6])
  })

  test('has the pod forget a run that was stored and not given back, and keeps one that may be asked for', async () => {
    const pods = new FakePods()
    const pod = { name: 'p-warm-1', node: 'n', runs: 2 }
    pods.left = { pods: [{ pod, running: null, ended: ['stored', 'asked-for'] }], unready: [], last: 1 }
    const pool = new WarmPool(pods, 10)
    await pool.settle('stored')
    expect(pool.toForget(pod)).toEqual(['stored'])
    expect(await pool.claim('asked-for', never, async () => undefined)).toBe(pod)
    expect(await pool.claim('next', never, async () => undefined)).toBe(pod)
    expect(pods.removed).toEqual([])
  })

  test('gives up the pod of a run that was stored while it still counted as going on', async () => {
    const pods = new FakePods()
    const pod = { name: 'p-warm-1', node: 'n', runs: 2 }
    pods.left = { pods: [{ pod, running: 'stored', ended: [] }], unready: [], last: 1 }
    const pool = new WarmPool(pods, 10)
    await pool.settle('stored')
    await pool.settle('never heard of')
    expect(pods.removed).toEqual([pod.name])
  })
})

describe('trouble', () => {
  test('a pod that cannot be started is told to one who waits', async () => {
    const pods = new FakePods()
    const pool = new WarmPool(pods, 10)
    const a = pool.claim('a', never, async () => undefined)
    await expect.poll(() => pods.starts.length).toBe(1)
    pods.starts[0]?.go.reject(new Error('no room'))
    await expect(a).rejects.toThrow('no room')
  })

  test('one that is cancelled leaves the queue', async () => {
    const pods = new FakePods()
    const pool = new WarmPool(pods, 10)
    const cancelled = new AbortController()
    const a = pool.claim('a', cancelled.signal, async () => undefined)
    await expect.poll(() => pods.starts.length).toBe(1)
    cancelled.abort(new Error('cancelled'))
    await expect(a).rejects.toThrow('cancelled')
    const b = pool.claim('b', never, async () => undefined)
    const name = await pods.ready(0)
    expect((await b).name).toBe(name)
  })
})
