import { once } from 'node:events'
import { createServer } from 'node:net'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { DashboardBench, matrix, status } from '../support/dashboard/bench.ts'
import { startServing } from '../support/serving.ts'
import { until } from '../support/until.ts'

/** What a browser says of a server that is gone. */
const GONE = /ERR_(CONNECTION_(REFUSED|RESET|CLOSED)|INCOMPLETE_CHUNKED_ENCODING|EMPTY_RESPONSE)/

let bench: DashboardBench
beforeAll(async () => {
  bench = await DashboardBench.make()
})
afterEach(() => bench.closePages(GONE))
afterAll(() => bench?.dispose())

/** A free port below those that systems give to whoever asks for any: nobody has it when it is wanted again. */
async function reservedPort(): Promise<string> {
  for (let port = 20_000 + (process.pid % 10_000); port < 32_768; port++) {
    const server = createServer().listen(port, '127.0.0.1')
    const isFree = await once(server, 'listening').then(
      () => true,
      () => false,
    )
    if (!isFree) continue
    await once(server.close(), 'close')
    return String(port)
  }
  throw new Error('no port is free')
}

it('a gateway that is killed is told of, and missed by nothing once another is there', async () => {
  const port = await reservedPort()
  const first = await startServing(bench.home, 'gateway', '--port', port)
  await bench.start('cut-off', 3, '--parallelism', '4')
  const { page } = await bench.open('/suites/cut-off', { url: first.url })
  await matrix(page, /0 runs finished/)
  bench.home.kill(first.pid)
  await page.getByTestId('connection').getByText('disconnected').waitFor()
  await page
    .getByRole('alert')
    .getByText(/Disconnected/)
    .waitFor()
  for (const attempt of [0, 1, 2]) await bench.openGate('cut-off', { commit: 0, attempt })
  await until('three runs are on record', async () => {
    const { report } = await bench.home.report('show', 'cut-off')
    return report.commits.some(({ passed }) => passed === 3)
  })
  expect(await page.getByTestId('matrix').getAttribute('aria-label')).toMatch(/0 runs finished/)

  const second = await startServing(bench.home, 'gateway', '--port', port)
  await matrix(page, /3 runs finished, 3 passed/)
  await page.getByTestId('connection').getByText('live').waitFor()
  expect(await page.getByText(/^Disconnected/).count()).toBe(0)
  await bench.openGate('cut-off')
  await matrix(page, /6 runs finished, 6 passed, 0 failed/)
  await status(page, 'completed')
  expect(await second.stop()).toBe(0)
})
