import type { Client } from '../../client/client.ts'
import { CommitSuiteError } from '../../contract/index.ts'
import type { NamedRequest } from '../request/build.ts'
import type { Control } from '../site/site.ts'
import { remoteIsolationControl } from './isolations.ts'
import { remoteSearchControl } from './searches.ts'
import { remoteSweeps } from './sweeps.ts'

/** Steers suites through a gateway. */
export const remoteControl = (client: Client): Control => ({
  start: (request) => start(client, request),
  async replay(run) {
    const { suites } = await client.replayRun({ params: { run } })
    const [suite] = suites
    if (suite !== undefined) return suite
    throw new CommitSuiteError(
      'gateway_unavailable',
      `The gateway says that it repeats ${run}, and not under which id.`,
    )
  },
  cancel: async (suite) => void (await client.cancelSuite({ params: { suite } })),
  pause: async (suite, note) =>
    void (await client.pauseSuite({ params: { suite }, ...(note === undefined ? {} : { body: { note } }) })),
  resume: async (suite) => void (await client.resumeSuite({ params: { suite } })),
  async extend(suite, extension) {
    const { number, ...rest } = await client.extendSuite({ params: { suite }, body: extension })
    return { ...rest, extension: number }
  },
  // What it refuses it says at the start.
  failureOf: async () => undefined,
  untilOnRecord: async () => undefined,
  searches: remoteSearchControl(client),
  isolations: remoteIsolationControl(client),
  sweeps: remoteSweeps(client),
})

/**
 * The gateway answers once a worker has admitted the suite; where none is there, it says after a while that the suite is
 * accepted, and the same start asked again waits for its admission, or says why that was refused.
 */
async function start(client: Client, request: NamedRequest) {
  const { network: _n, job: _j, session: _s, attemptBase: _a, partOf: _p, ...body } = request
  const started = await client.startSuite({ body })
  for (let now = started; now.status === 'queued' && !(await isOnRecord(client, now.suite)); ) {
    now = await client.startSuite({ body })
  }
  return started
}

async function isOnRecord(client: Client, suite: string): Promise<boolean> {
  try {
    await client.getSuite({ params: { suite } })
    return true
  } catch (error) {
    if (error instanceof CommitSuiteError && error.code === 'suite_not_found') return false
    throw error
  }
}
