import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { SANDBOX_UID } from '../../../src/executors/local/sandbox/identity.ts'
import { type Host, type Launched, launch, makeHost, run } from './launch.ts'

let host: Host
beforeAll(() => {
  host = makeHost()
  const tree = join(host.state, 'prepared/tree')
  mkdirSync(join(tree, 'package/inner'), { recursive: true })
  writeFileSync(join(tree, 'package/inner/file'), 'original')
})
afterAll(() => host.dispose())

const output = async (launched: Launched, expected: string): Promise<void> => {
  let seen = ''
  launched.child.stdout?.on('data', (chunk: Buffer) => {
    seen += chunk.toString()
  })
  await vi.waitFor(() => expect(seen).toContain(expected), { timeout: 60_000, interval: 5 })
}

/** Processes of the host whose argument vector holds a marker. */
const alive = (marker: string): string[] =>
  readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid) || Number(pid) === process.pid) return false
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(marker)
    } catch {
      return false
    }
  })

describe('the life of a sandbox', () => {
  it.each([0, 1, 7, 125, 127, 255])('reports exit status %i exactly', async (code) => {
    const { status, code: own } = await run(host, `exit ${code}`)
    expect([status, own]).toEqual([`exit ${code}\n`, code])
  })

  it.each(['TERM', 'KILL', 'SEGV'])('reports an end by SIG%s as 128 + its number', async (name) => {
    const number = { TERM: 15, KILL: 9, SEGV: 11 }[name] ?? 0
    expect((await run(host, `kill -${name} $$`)).status).toBe(`exit ${128 + number}\n`)
  })

  it('reports a command that is not found as 127, and runs an argument vector as it is', async () => {
    expect((await run(host, 'no-such-program')).status).toBe('exit 127\n')
    expect((await run(host, '', { command: { argv: ['printf', '%s.', 'a b', '$HOME', '-n'] } })).stdout).toBe(
      'a b.$HOME.-n.',
    )
  })

  it('leaves the status empty when the sandbox itself fails', async () => {
    const tmp = join(host.state, 'missing')
    const { status, code, stderr } = await run(host, 'true', { tmp })
    expect([status, code]).toEqual(['', 125])
    expect(stderr).toContain('commit-suite sandbox: ')
  })

  it('ends daemonised children with the command', async () => {
    const { status } = await run(
      host,
      `setsid sh -c 'sleep 98761 & touch $TMPDIR/up; sleep 98761' >/dev/null 2>&1 & until [ -e $TMPDIR/up ]; do sleep 0.05; done; exit 3`,
    )
    expect(status).toBe('exit 3\n')
    expect(alive('98761')).toEqual([])
  })

  it('ends everything when the process at the top is killed', async () => {
    const launched = await launch(host, `setsid sleep 98762 & echo ready; sleep 98762`)
    await output(launched, 'ready')
    expect(alive('98762').length).toBeGreaterThan(0)
    launched.child.kill('SIGKILL')
    await launched.ended
    await vi.waitFor(() => expect(alive('98762')).toEqual([]), { timeout: 60_000, interval: 5 })
  })

  it('passes TERM to everything, once, and waits for the answer', async () => {
    const shell = `trap 'echo got; exit 9' TERM; setsid sh -c 'trap "echo other; exit" TERM; echo ready; while :; do sleep 0.05; done' & while :; do sleep 0.05; done`
    const launched = await launch(host, shell)
    await output(launched, 'ready')
    process.kill(-(launched.child.pid ?? 0), 'SIGTERM')
    const { status } = await launched.ended
    expect(status).toBe('exit 9\n')
  })

  it('shows one run nothing that another wrote, and leaves the prepared tree alone', async () => {
    const write = 'echo mine >package/inner/file; echo mine >~/new; echo mine >$TMPDIR/x; echo mine >/dev/shm/x'
    const first = await launch(host, `${write}; echo ready; sleep 98763`)
    await output(first, 'ready')
    const second = await run(
      host,
      'cat package/inner/file; ls -A ~ $TMPDIR /tmp /var/tmp /dev/shm; ps ax 2>/dev/null | grep -c 98763',
    )
    first.child.kill('SIGKILL')
    await first.ended
    expect(second.stdout).toContain('original')
    expect(second.stdout).not.toMatch(/mine|new|x$/m)
    expect(readFileSync(join(host.state, 'prepared/tree/package/inner/file'), 'utf8')).toBe('original')
    expect(readFileSync(join(first.upper.tree, 'package/inner/file'), 'utf8')).toBe('mine\n')
  })

  it('renames directories, makes hard links, and has /tmp and TMPDIR as one plain directory', async () => {
    const shell =
      'mv package moved && ln moved/inner/file hard && cat hard && touch /tmp/one && ls $TMPDIR && pwd && echo $PWD'
    const { stdout, stderr, status } = await run(host, shell)
    expect([stdout, stderr, status]).toEqual(['originalone\n/commit-suite/tree\n/commit-suite/tree\n', '', 'exit 0\n'])
  })

  it('lets a set-up write the prepared tree as the user of the runs', async () => {
    const { status } = await run(host, 'echo built >built; ln -s built link; echo c >~/cache', { writes: 'direct' })
    expect(status).toBe('exit 0\n')
    const built = join(host.state, 'prepared/tree/built')
    expect([readFileSync(built, 'utf8'), statSync(built).uid]).toEqual(['built\n', SANDBOX_UID])
    expect(readlinkSync(join(host.state, 'prepared/tree/link'))).toBe('built')
    expect((await run(host, 'cat built ~/cache')).stdout).toBe('built\nc\n')
  })

  it('keeps working in a state directory with an odd name', async () => {
    const odd = makeHost()
    odd.state = join(odd.root, 'a b,c:d\\e #\'"$(x)')
    mkdirSync(odd.state)
    odd.env.COMMIT_SUITE_HOME = odd.state
    const { stdout, stderr } = await run(odd, 'echo x >f; cat f; touch $TMPDIR/y; ls /tmp')
    odd.dispose()
    expect([stdout, stderr]).toEqual(['x\ny\n', ''])
  })

  it('never puts the environment into an argument vector', async () => {
    const launched = await launch(host, 'echo ready; sleep 98764', {
      env: { PATH: '/usr/bin:/bin', TOKEN: 'hunter2-98764' },
    })
    await output(launched, 'ready')
    const seen = alive('hunter2')
    launched.child.kill('SIGKILL')
    await launched.ended
    expect(seen).toEqual([])
  })

  it('leaves no mount behind on the host', async () => {
    await run(host, 'true')
    expect(readFileSync('/proc/self/mountinfo', 'utf8')).not.toContain(host.root)
    expect(existsSync('/commit-suite')).toBe(false)
    expect(spawnSync('stat', ['-f', '-c', '%T', '/sys/fs'], { encoding: 'utf8' }).stdout.trim()).toBe('sysfs')
  })
})
