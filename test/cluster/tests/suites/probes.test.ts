import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PodBench } from '../../support/pod-bench.ts'
import { ScratchNamespace } from '../../support/scratch-namespace.ts'

const CANARY = 'canary-5f0c2e91'
const SECRET = 'not-for-any-eye-77aa'

let bench: PodBench
beforeAll(async () => {
  bench = await PodBench.make({ CANARY, NAMED_SECRET: SECRET })
})
afterAll(() => bench.dispose())

const outputs = async (id: string, runs: number): Promise<string[]> =>
  await Promise.all(Array.from({ length: runs }, (_, attempt) => bench.stdout(id, { attempt })))

async function print(name: string, command: string, ...more: string[]): Promise<string> {
  const id = bench.id(name)
  await bench.home.cli(...bench.suite(id, command, 1, ...more))
  return await bench.stdout(id)
}

describe('a run has no credentials', () => {
  const token = 'cat /var/run/secrets/kubernetes.io/serviceaccount/token 2>/dev/null | wc -c'

  it('no token of a service account, though pods of this cluster get one', async () => {
    const plain = await ScratchNamespace.create(bench.cluster, 'token')
    try {
      expect(Number(await plain.outputOf(token, { automountServiceAccountToken: true }))).toBeGreaterThan(100)
    } finally {
      await plain.remove()
    }
    expect((await print('token', token)).trim()).toBe('0')
  })

  it("nothing of the worker's environment but the secrets asked for, which stand in no pod and no event", async () => {
    const id = bench.id('secrets')
    const command = 'pwd; env | sort; echo length ${#NAMED_SECRET}; until [ -e go ]; do sleep 0.1; done'
    const going = bench.home.cli(...bench.suite(id, command, 1, '--secret-env', 'NAMED_SECRET'))
    await bench.untilRunning(id, 1)
    const pods = JSON.stringify(await bench.pods(id))
    await bench.touch(id, 'go')
    await going
    const printed = await bench.stdout(id)
    expect(printed).toContain(`length ${SECRET.length}`)
    expect(printed).not.toContain(SECRET)
    expect(printed).not.toContain(CANARY)
    expect(printed).not.toContain('COMMIT_SUITE')
    expect(pods).toContain(id)
    expect(pods).not.toContain(SECRET)
    expect(JSON.stringify(await bench.store.events.read(id, 0, 1000))).not.toContain(SECRET)
  })
})

describe("a run sees nothing of another run's files", () => {
  const places = ['.', '..', '"$HOME"', '"$HOME/.."', '"$TMPDIR"', '/tmp', '/dev/shm', '/commit-suite']
  /** Every word of another run that can be found: its output among them, wherever it is kept. */
  const find =
    "grep -rhos 'word-[0-9]*-of' /commit-suite /tmp /dev/shm | grep -v \"word-$ATTEMPT-of\" | sort -u | tr -d '\\n'"
  const command = `echo "before: $(${find})"
echo "word-$ATTEMPT-of-this-run"
for place in ${places.join(' ')}; do echo "word-$ATTEMPT-of" > "$place/left-$ATTEMPT" && echo left; done
echo "word-$ATTEMPT-of" > /commit-suite/runs/left-$ATTEMPT
mkdir -p "$HOME/closed" && echo "word-$ATTEMPT-of" > "$HOME/closed/left" && chmod 000 "$HOME/closed"
echo "own: $(grep -rlos "word-$ATTEMPT-of" /commit-suite /tmp /dev/shm | wc -l)"
sleep "$PAUSE"; echo "after: $(${find})"
ls /commit-suite/runs | grep -vc left-; hostname`

  it.each([
    ['pod', 3, 3],
    ['warm', 3, 1],
    ['warm', 6, 3],
  ])('%s: %d runs, %d at a time', async (isolation, runs, parallelism) => {
    const id = bench.id(`files-${isolation}-${parallelism}`)
    const pause = ['--env', `PAUSE=${parallelism > 1 ? 2 : 0}`]
    const where = ['--parallelism', String(parallelism), '--isolation', isolation, ...pause]
    await bench.home.cli(...bench.suite(id, command, runs, ...where))
    const printed = (await outputs(id, runs)).map((text) => text.trim().split('\n'))
    for (const lines of printed) {
      expect(lines[0]).toBe('before: ')
      expect(lines.filter((line) => line === 'left')).toHaveLength(places.length)
      // What is looked for can be found: the run's own.
      expect(Number(/own: (.*)/.exec(lines.join('\n'))?.[1])).toBeGreaterThanOrEqual(places.length - 2)
      expect(lines.slice(-3, -1)).toEqual(['after: ', '1'])
    }
    const hosts = new Set(printed.map((lines) => lines.at(-1)))
    const pods = isolation === 'warm' ? parallelism : runs
    // A warm pod that is slow to start may find nothing left to do.
    expect(hosts.size).toBeLessThanOrEqual(pods)
    expect(hosts.size).toBeGreaterThanOrEqual(Math.min(pods, 2))
  })
})
