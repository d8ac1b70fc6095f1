import { execa } from 'execa'
import type { Isolation } from '../../../src/contract/index.ts'
import {
  contextOf,
  type Fixture,
  makeFixture,
  prepared,
  runRequest,
} from '../../integration/executors/executor-fixture.ts'
import type { Bench, Figure, Scale } from '../figure.ts'

const TIMES = 100

async function timed(work: () => Promise<unknown>): Promise<number> {
  const beganAtMs = performance.now()
  await work()
  return performance.now() - beganAtMs
}

async function repeatedly(times: number, work: (time: number) => Promise<unknown>): Promise<number[]> {
  const samples: number[] = []
  for (let time = 0; time < times; time++) samples.push(await timed(() => work(time)))
  return samples
}

async function launches(fixture: Fixture, isolation: Isolation, times: number): Promise<Figure[]> {
  await fixture.executor.assertSupported(isolation)
  const treeKey = await prepared(fixture, { isolation })
  const completions: number[] = []
  const one = async (attempt: number) => {
    const request = runRequest(fixture, treeKey, 'true', { isolation, attempt })
    const completion = await fixture.executor.run(request, contextOf())
    if (completion.exitCode !== 0)
      throw new Error(`\`true\` ended with ${completion.exitCode} in isolation ${isolation}`)
    completions.push(completion.durationMs)
    await completion.dispose()
  }
  // The runner starts with the first run.
  await one(0)
  completions.length = 0
  const whole = await repeatedly(times, (time) => one(time + 1))
  await fixture.executor.release({ suite: 'suite-a', sha: fixture.sha, keep: false })
  return [
    { name: `a run of \`true\`, isolation ${isolation}`, unit: 'ms', samples: whole },
    { name: `of that, from the command's start to its end, isolation ${isolation}`, unit: 'ms', samples: completions },
  ]
}

async function run(scale: Scale): Promise<Figure[]> {
  const times = scale(TIMES)
  const fixture = await makeFixture({ runnerIdleMs: 10_000 })
  try {
    const floor = await repeatedly(times, () => execa('bash', ['-c', 'true']))
    return [
      { name: '`bash -c true`, started from here', unit: 'ms', samples: floor },
      ...(await launches(fixture, 'process', times)),
      ...(await launches(fixture, 'sandbox', times)),
    ]
  } finally {
    await fixture.remove()
  }
}

export const launch: Bench = {
  name: 'launch',
  description:
    'One run of `true` after the other through the local executor alone: its copy, namespaces, output and end.',
  byDefault: true,
  run,
}
