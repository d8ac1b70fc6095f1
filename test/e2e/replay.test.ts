import { readFile, writeFile } from 'node:fs/promises'
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

/** What is printed shows the order in which the tests ran. */
const SHUFFLED = ['--command', 'go test -v ./... | grep "^=== RUN"', '--shuffle', '--reports', 'none.xml']

async function goRepository(): Promise<TestRepository> {
  const found = await plainRepository()
  const tests = ['A', 'B', 'C', 'D', 'E', 'F'].map((letter) => `func Test${letter}(t *testing.T) {}\n`)
  await writeFile(join(found.path, 'go.mod'), 'module example.com/order\n\ngo 1.21\n')
  await writeFile(join(found.path, 'order_test.go'), `package order\n\nimport "testing"\n\n${tests.join('')}`)
  const identity = ['-c', 'user.name=Test', '-c', 'user.email=test@example.org', '-c', 'commit.gpgSign=false']
  await execa('git', ['add', '.'], { cwd: found.path })
  await execa('git', [...identity, 'commit', '--quiet', '--message', 'tests'], { cwd: found.path })
  return found
}

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

  it('runs the tests in the recorded order where they were shuffled, in a plain script too', async () => {
    const shuffled = await goRepository()
    try {
      const run = ['run', '--repo', shuffled.path, '--runs', '3', '--seed', '5', '--id', 'shuffled', ...SHUFFLED]
      const { exitCode, report } = await home.report(...run)
      expect(exitCode).toBe(0)
      const runs = report.commits[0]?.results?.map(({ id }) => id) ?? []
      const orders = await Promise.all(runs.map(outputOf))
      expect(new Set(orders).size).toBeGreaterThan(1)
      const [order = ''] = orders
      expect(order.split('\n').toSorted()).toEqual(
        ['A', 'B', 'C', 'D', 'E', 'F'].map((name) => `=== RUN   Test${name}`),
      )

      await home.cli('replay', runs[0] ?? '')
      const [replayed] = JSON.parse((await home.cli('list', '--limit', '1', '--json')).stdout)
      const again = await home.report('show', replayed.suite, '--results')
      expect(await outputOf(again.report.commits[0]?.results?.[0]?.id ?? '')).toBe(order)

      const script = await home.cli('replay', runs[0] ?? '', '--print')
      expect((await execa('sh', { input: `${script.stdout}\n`, reject: false })).stdout).toBe(order)
    } finally {
      await shuffled.remove()
    }
  })
})
