import { afterEach, describe, expect, it } from 'vitest'
import { until } from '../../support/until.ts'
import { follow, followToEnd, shellRequest } from './follower.ts'
import { PodLike, toolboxes } from './pod-like.ts'

const pods: PodLike[] = []
afterEach(async () => {
  await Promise.all(pods.splice(0).map((pod) => pod.stop()))
})

describe.each(toolboxes)('the runner in a pod, with $name', (toolbox) => {
  const delivered = async (files: Record<string, string> = {}, setUp = ''): Promise<PodLike> => {
    const pod = await PodLike.start(toolbox, setUp)
    pods.push(pod)
    expect(await pod.deliver('once', files)).toMatchObject({ exitCode: 0, stderr: '' })
    return pod
  }

  it('keeps stdout and stderr apart and gives the run its folders and variables', async () => {
    const pod = await delivered({ 'tree/sub/a.txt': 'from the tree', 'home/.config': 'from home' })
    const shell = 'cat a.txt $HOME/.config; ls -A "$TMPDIR"; printf %s "$ODD" >&2; printf "%s " "$PATH" "$CS_ROOT"; pwd'
    const odd = `it's "odd" \\n $HOME\n\ttwo lines; \\`
    const seen = await follow(pod, 'r', shellRequest(shell, { workdir: 'sub', env: { ODD: odd } }))
    expect(seen.stdout.toString()).toMatch(/^from the treefrom home(\S+)\/home\/.local\/bin:\S+ {2}\1\/tree\/sub\n$/)
    expect(seen.stderr.toString()).toBe(odd)
    expect(seen.status).toMatchObject({ exitCode: 0, signal: null, timedOut: false, leftovers: 0 })
    expect(seen.complete).toBe(true)
  })

  it('leaves no descriptor, ignored signal or request behind for the run to find', async () => {
    const pod = await delivered()
    const shell = 'for fd in /proc/$$/fd/*; do readlink $fd; done; grep SigIgn /proc/self/status; ls ../runs/r/request'
    const seen = await follow(pod, 'r', shellRequest(shell, { env: { SECRET: 'hunter2' } }))
    const lines = seen.stdout.toString().split('\n')
    expect(lines.filter((line) => line.includes('/ctl/') || line.includes('/done'))).toEqual([])
    // Signals from 32 on are libraries' own; what ignores one of them is around the whole test.
    const ignored = BigInt(`0x${/SigIgn:\s*([0-9a-f]+)/.exec(seen.stdout.toString())?.[1]}`)
    expect(ignored & 0x7fff_ffffn).toBe(0n)
    expect(seen.stderr.toString()).toContain('No such file')
  })

  it.each([
    ['exit 0', 0, null],
    ['exit 3', 3, null],
    ['exit 137', 137, null],
    ['exit 143', 143, null],
    ['kill -KILL $$', null, 9],
    ['kill -TERM $$', null, 15],
    ['kill -SEGV $$', null, 11],
    ['kill -INT $$', null, 2],
    ['kill -PIPE $$', null, 13],
    ['no-such-program', 127, null],
  ])('tells how `%s` ended', async (shell, exitCode, signal) => {
    const pod = await delivered()
    const seen = await follow(pod, 'r', shellRequest(shell))
    expect(seen.status).toMatchObject({ exitCode, signal, timedOut: false })
  })

  it('runs a list of words as it is', async () => {
    const pod = await delivered()
    const argv = ['printf', '[%s]', 'a  b', "it's", '$HOME', '']
    const seen = await follow(pod, 'r', { ...shellRequest(''), command: { argv } })
    expect(seen.stdout.toString()).toBe("[a  b][it's][$HOME][]")
  })

  it('passes output on while the run goes on', async () => {
    const pod = await delivered()
    const shell = 'echo first; until [ -f go ]; do sleep 0.05; done; echo second'
    const early = await follow(pod, 'r', shellRequest(shell), { breakWhen: ({ stdout }) => stdout.includes('first\n') })
    expect(early.status).toBeUndefined()
    await pod.exec(['sh', '-c', `: >${pod.root}/tree/go`])
    const late = await follow(pod, 'r', shellRequest(shell), { offsets: { stdout: 6, stderr: 0 } })
    expect(late.stdout.toString()).toBe('second\n')
    expect(late.status?.exitCode).toBe(0)
  })

  it('runs a request once, however often it is sent', async () => {
    const pod = await delivered()
    const request = shellRequest('echo ran >>../times; sleep 0.3; cat ../times')
    const all = await Promise.all([1, 2, 3].map(() => follow(pod, 'r', request)))
    expect(all.map(({ stdout }) => stdout.toString())).toEqual(['ran\n', 'ran\n', 'ran\n'])
    expect((await follow(pod, 'r', request)).stdout.toString()).toBe('ran\n')
  })

  it('is delivered once, however often it is sent', async () => {
    const pod = await delivered({ 'tree/a': '1' })
    expect(await pod.deliver('once', { 'tree/a': '2' })).toMatchObject({ exitCode: 0 })
    expect((await follow(pod, 'r', shellRequest('cat a'))).stdout.toString()).toBe('1')
  })

  it('ends at once when it is told to, before and after delivery and during a run', async () => {
    const bare = await PodLike.start(toolbox)
    const idle = await delivered()
    const busy = await delivered()
    pods.push(bare)
    await until(
      'the first process waits',
      async () => (await bare.exec(['test', '-p', `${bare.root}/ctl/wake`])).exitCode === 0,
    )
    await idle.idle()
    await follow(busy, 'r', shellRequest('echo on; sleep 60'), { breakWhen: ({ stdout }) => stdout.length > 0 })
    for (const pod of [bare, idle, busy]) {
      await pod.exec(['sh', '-c', 'kill -TERM 1'])
      expect(await pod.ended).toBe(143)
    }
  })

  it.each([
    ['TERM', 143],
    ['INT', 130],
  ])('says by its code that a run told it to end, by %s', async (signal, code) => {
    const pod = await delivered()
    await follow(pod, 'r', shellRequest(`kill -${signal} 1; sleep 60`))
    expect(await pod.ended).toBe(code)
  })

  it('is not told to end by a run that tells everything it sees', async () => {
    const pod = await delivered()
    const shell = 'echo before; until [ -s ../runs/r/out.head ]; do sleep 0.02; done; kill -TERM -1; exit 5'
    const seen = await followToEnd(pod, 'r', shellRequest(shell))
    // It has ended the shell that waited for it.
    expect(seen.status).toMatchObject({ exitCode: null, signal: 9, stdout: { totalBytes: 7 } })
  })

  it('ends by itself when nobody comes for so long', async () => {
    const pod = await PodLike.start(toolbox)
    pods.push(pod)
    await pod.deliver('once', {}, 1_000)
    expect(await pod.ended).toBe(0)
  })
})
