import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Home } from '../support/home.ts'
import { plainRepository, type TestRepository } from '../support/repository.ts'

let home: Home
let repo: TestRepository
beforeAll(async () => {
  ;[home, repo] = await Promise.all([Home.make(), plainRepository(2)])
})
afterAll(async () => {
  await home.dispose()
  await repo.remove()
})

const COMMAND = `echo "$ATTEMPT $TEST_SEED $KIND $(cat number) $(cat made)"; exit $((ATTEMPT == 2 ? 5 : 0))`
const outputOf = async (run: string): Promise<string> => (await home.cli('logs', run, '--stream', 'stdout')).stdout
const name = (suite: string, attempt: number): string => `${suite}.${repo.shas[0]?.slice(0, 12)}.${attempt}`

describe('replay', () => {
  it('shows the run the same attempt, seed, environment and tree, also when a replay is replayed', async () => {
    const output = join(home.config.stateDir, 'written')
    const args = ['--repo', repo.path, '--commits', 'HEAD~1', '--runs', '3', '--id', 'recorded', '--output', output]
    const own = ['--setup', 'echo set-up > made', '--env', 'KIND=a "b"', '--command', COMMAND]
    const { exitCode, report } = await home.report('run', ...args, ...own)
    expect(exitCode).toBe(1)
    expect(JSON.parse(await readFile(join(output, 'report.json'), 'utf8'))).toEqual(report)
    expect(await readFile(join(output, 'junit.xml'), 'utf8')).toContain('failures="1"')
    const recorded = await outputOf(name('recorded', 2))
    expect(recorded).toMatch(/^2 \d+ a "b" 0 set-up$/)

    const { stdout } = await home.cli('replay', name('recorded', 2), '--json')
    expect(JSON.parse(stdout)).toMatchObject({
      outcome: 'failed',
      reproduced: 1,
      counted: 1,
      results: [{ exitCode: 5 }],
    })
    const [replayed] = JSON.parse((await home.cli('list', '--limit', '1', '--json')).stdout)
    expect(await outputOf(name(replayed.suite, 0))).toBe(recorded)
    expect((await home.cli('replay', name(replayed.suite, 0))).stdout).toMatch(/reproduced 1 of 1/)

    const script = await home.cli('replay', name(replayed.suite, 0), '--print')
    const plain = await execa('sh', { input: `${script.stdout}\n`, reject: false })
    expect(plain).toMatchObject({ stdout: recorded, exitCode: 5 })
  })
})
