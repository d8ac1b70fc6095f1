import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Home } from '../support/home.ts'
import { plainRepository, type TestRepository } from '../support/repository.ts'

let home: Home
let repo: TestRepository
beforeAll(async () => {
  ;[home, repo] = await Promise.all([Home.make(), plainRepository()])
})
afterAll(async () => {
  await home.dispose()
  await repo.remove()
})

const run = (...args: string[]) => home.report('run', '--repo', repo.path, '--runs', '2', ...args)

describe('what is known only later', () => {
  it('a command that is never found is inconclusive, exit 3', async () => {
    const { exitCode, report } = await run('--command', 'no-such-command-anywhere')
    expect(report.commits[0]).toMatchObject({ verdict: 'inconclusive', reason: 'command_not_found', runs: 2 })
    expect(exitCode).toBe(3)
  })

  it('a set-up that fails is inconclusive with its output, exit 3, and starts no run', async () => {
    const args = ['run', '--repo', repo.path, '--runs', '2', '--command', 'true', '--setup', 'echo no wheels; exit 9']
    const { exitCode, stdout, stderr } = await home.cli(...args)
    expect(exitCode).toBe(3)
    expect(stdout).toMatch(/inconclusive/)
    expect(`${stdout}${stderr}`).toMatch(/no wheels/)
  })

  it('classes time-outs and crashes apart from failures', async () => {
    const command = 'case $ATTEMPT in 0) exit 1;; 1) kill -SEGV $$;; 2) sleep 600;; *) exit 0;; esac'
    // It holds for those too that end by themselves.
    const { report } = await run('--command', command, '--runs', '4', '--timeout', '15s')
    expect(report.commits[0]).toMatchObject({ passed: 1, failed: 1, crashed: 1, timedOut: 1, verdict: 'flaky' })
    expect(report.commits[0]?.results?.map(({ outcome, signal }) => [outcome, signal])).toEqual([
      ['failed', null],
      ['crashed', 'SIGSEGV'],
      ['timed_out', expect.anything()],
      ['passed', null],
    ])
  })

  it('an unreachable Temporal is exit 3 and says how to get one', async () => {
    const lost = await Home.make({ TEMPORAL_ADDRESS: '127.0.0.1:1' })
    try {
      const { exitCode, stderr } = await lost.cli('run', '--repo', repo.path, '--command', 'true')
      expect(exitCode).toBe(3)
      expect(stderr).toMatch(/TEMPORAL_ADDRESS/)
    } finally {
      await lost.dispose()
    }
  })
})
