import { afterEach, describe, expect, it } from 'vitest'
import { follow, shellRequest } from './follower.ts'
import { PodLike, toolboxes } from './pod-like.ts'

const MIB = 1024 * 1024
const pods: PodLike[] = []
afterEach(async () => {
  await Promise.all(pods.splice(0).map((pod) => pod.stop()))
})

/** Numbered lines of ten bytes each. */
const lines = (count: number): string => `awk 'BEGIN { for (i = 0; i < ${count}; i++) printf "%09d\\n", i }'`

describe.each(toolboxes)('what a run may do to its pod, with $name', (toolbox) => {
  const delivered = async (setUp = ''): Promise<PodLike> => {
    const pod = await PodLike.start(toolbox, setUp)
    pods.push(pod)
    expect(await pod.deliver('once')).toMatchObject({ exitCode: 0 })
    return pod
  }

  it('keeps the beginning and the end of much output, with exact totals, in little room', async () => {
    const pod = await delivered()
    const shell = `head -c 100000000 /dev/zero; ${lines(1_000_000)}; du -sk ../runs >&2`
    const seen = await follow(pod, 'r', shellRequest(shell))
    expect(seen.status).toMatchObject({ exitCode: 0, stdout: { totalBytes: 110_000_000 } })
    expect(seen.stdout).toEqual(Buffer.alloc(MIB / 2))
    expect(seen.tails.stdout.byteLength).toBe(MIB / 2)
    expect(seen.tails.stdout.subarray(-20).toString()).toBe('000999998\n000999999\n')
    expect(Number.parseInt(seen.stderr.toString(), 10)).toBeLessThan(6 * 1024)
  })

  it.each([
    ['nothing', 0],
    ['less than half of the cap', 5_000],
    ['more than half', 80_000],
    ['just the cap', 104_850],
    ['a little more', 130_000],
  ])('neither loses nor doubles a byte of %s', async (_, count) => {
    const pod = await delivered()
    const cap = 2 * 52_4250
    const seen = await follow(pod, 'r', shellRequest(lines(count), { outputCapBytes: cap }))
    const all = Buffer.from(Array.from({ length: count }, (_line, i) => `${String(i).padStart(9, '0')}\n`).join(''))
    expect(seen.status?.stdout.totalBytes).toBe(all.byteLength)
    expect(seen.stdout.equals(all.subarray(0, cap / 2))).toBe(true)
    const rest = all.subarray(cap / 2)
    expect(seen.tails.stdout.equals(rest.subarray(Math.max(0, rest.byteLength - cap / 2)))).toBe(true)
  })

  it('tells the last of much output while the run goes on', async () => {
    const pod = await delivered()
    const shell = `${lines(300_000)}; echo the last words; ${lines(300_000)} >&2; echo and more; sleep 60`
    const seen = await follow(pod, 'r', shellRequest(shell), {
      breakWhen: ({ recent }) =>
        recent.stdout.toString().endsWith('000299999\nthe last words\nand more\n') &&
        recent.stderr.toString().endsWith('000299998\n000299999\n'),
    })
    expect(seen.status).toBeUndefined()
    expect(seen.stdout.byteLength).toBe(MIB / 2)
    expect(seen.recent.stdout.byteLength).toBe(16_384)
  })

  it('goes on where a connection broke, byte for byte', async () => {
    const pod = await delivered()
    const request = shellRequest(`for part in 1 2 3 4; do ${lines(10_000)}; sleep 0.1; done`)
    let received = Buffer.alloc(0)
    let connections = 0
    for (;;) {
      connections += 1
      const { byteLength } = received
      const seen = await follow(pod, 'r', request, {
        offsets: { stdout: byteLength, stderr: 0 },
        breakWhen: ({ stdout }) => stdout.byteLength > 50_000,
      })
      received = Buffer.concat([received, seen.stdout])
      if (seen.complete) break
    }
    expect(connections).toBeGreaterThan(3)
    const part = Array.from({ length: 10_000 }, (_line, i) => `${String(i).padStart(9, '0')}\n`).join('')
    expect(received.equals(Buffer.from(part.repeat(4)))).toBe(true)
  })

  it('ends a run that ignores TERM, at its time-out and grace', async () => {
    const pod = await delivered()
    const shell = `trap 'echo asked' TERM; echo on; while :; do sleep 0.1; done`
    const seen = await follow(pod, 'r', shellRequest(shell, { timeoutMs: 500, graceMs: 500 }))
    expect(seen.stdout.toString()).toBe('on\nasked\n')
    expect(seen.status).toMatchObject({ exitCode: null, signal: 9, timedOut: true })
    expect(seen.status?.durationMs).toBeGreaterThan(950)
    expect(seen.status?.durationMs).toBeLessThan(5_000)
  })

  it('lets a run end by itself within its grace', async () => {
    const pod = await delivered()
    const shell = `trap 'echo bye; exit 4' TERM; while :; do sleep 0.05; done`
    const seen = await follow(pod, 'r', shellRequest(shell, { timeoutMs: 300, graceMs: 10_000 }))
    expect(seen.stdout.toString()).toBe('bye\n')
    expect(seen.status).toMatchObject({ exitCode: 4, signal: null, timedOut: true })
  })

  it('ends what a run left behind, whatever it has become, and waits for none of it', async () => {
    const pod = await delivered()
    const shell = `sleep 31 & setsid sleep 32 & (setsid sh -c 'trap "" TERM HUP; sleep 33; echo late' >/dev/null &) ; sleep 0.2`
    const seen = await follow(pod, 'r', shellRequest(shell))
    expect(seen.status).toMatchObject({ exitCode: 0, timedOut: false })
    expect(seen.status?.leftovers).toBeGreaterThanOrEqual(3)
    expect(seen.status?.durationMs).toBeLessThan(5_000)
    expect(await pod.processes()).not.toMatch(/sleep 3[123]/)
  })

  it('survives a run that ends everything it can', async () => {
    const pod = await delivered()
    const seen = await follow(pod, 'r', shellRequest('echo before; sleep 0.3; kill -KILL -1; echo after; exit 5'))
    // It has ended its follower too.
    const again = seen.complete ? seen : await follow(pod, 'r', shellRequest(''))
    expect(again.status).toMatchObject({ exitCode: null, signal: 9 })
    expect(again.status?.stdout.totalBytes).toBe(Buffer.concat([again.stdout, again.tails.stdout]).byteLength)
    expect(again.stdout.toString()).toMatch(/^before\n/)
  })

  it('survives a fork bomb', async () => {
    const pod = await delivered('prlimit --pid $$ --nproc=80')
    const bomb = 'bomb() { bomb | bomb & echo boom; }; bomb; sleep 60'
    const request = shellRequest(bomb, { timeoutMs: 1_500, graceMs: 500 })
    let seen = await follow(pod, 'r', request)
    for (let tries = 0; !seen.complete && tries < 30; tries++) {
      // There may be no room for a follower, or it was ended with the run's processes.
      const offsets = { stdout: 0, stderr: 0 }
      seen = await follow(pod, 'r', request, { offsets })
    }
    expect(seen.complete).toBe(true)
    expect(seen.status?.durationMs).toBeLessThan(20_000)
    const { totalBytes } = seen.status?.stdout ?? {}
    expect(totalBytes).toBeGreaterThanOrEqual(Math.min(MIB, seen.stdout.byteLength + seen.tails.stdout.byteLength))
    expect((await pod.processes()).split('\n').filter((line) => line.includes('boom'))).toEqual([])
  })
})
