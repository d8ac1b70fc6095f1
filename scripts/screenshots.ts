import { mkdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Page } from 'playwright-core'
import { z } from 'zod'
import { makePlantedRepository } from '../test/fixtures/planted-repository.ts'
import { launchChromium } from '../test/support/chromium.ts'
import { settled } from '../test/support/dashboard/settled.ts'
import { Home } from '../test/support/home.ts'
import { installedPytest } from '../test/support/pytest.ts'
import { startServing } from '../test/support/serving.ts'
import { until } from '../test/support/until.ts'

/** Pictures of the main pages for the README, of real runs of the planted example: `docs/images/*.png`. */
const FOLDER = resolve('docs', 'images')
const MOST_BYTES = 120_000
/** Pictures show the path of the repository. */
const REPOSITORY = join(tmpdir(), 'parcels')
const GATE = join(tmpdir(), 'parcels-gate')
const ALL = 'HEAD~3,HEAD~2,HEAD~1,HEAD'
const FLAKY = 'HEAD~2'
/** The suite that is shown as it goes stands still here: at the third commit, which has labels. */
const STANDS_AT = 15

const sweepSchema = z.object({ firings: z.array(z.object({ status: z.string() })) })

const home = await Home.make({ COMMIT_SUITE_SLOTS: '4', KUBECONFIG: '/nowhere' })
await rm(REPOSITORY, { recursive: true, force: true })
await rm(GATE, { force: true })
const [pytest] = await Promise.all([
  installedPytest(),
  makePlantedRepository(REPOSITORY),
  mkdir(FOLDER, { recursive: true }),
])
const serving = await startServing(home)
const browser = await launchChromium()
try {
  await plant()
  const { commits } = (await home.report('show', 'parcels', '--results')).report
  const flaky = commits.find(({ refs }) => refs.includes(FLAKY))
  const failed = flaky?.results?.find(({ outcome }) => outcome === 'failed')
  const test = flaky?.tests?.find((found) => found.failed > 0)
  if (failed === undefined || test === undefined) throw new Error('no run failed at the commit with the planted flake')
  const history = `/tests/history?${new URLSearchParams({ repo: REPOSITORY, test: test.id })}`
  await picture('suite', '/suites/release', 'canvas')
  await picture('suite-dark', '/suites/parcels', 'canvas', 'dark')
  await picture('run', `/runs/${failed.id}`, '.log-line')
  await picture('search', '/searches/c-parcels', '.posterior')
  await picture('test-history', history, 'canvas')
  await picture('sweep', '/sweeps/nightly', 'table')
} finally {
  await browser.close()
  await writeFile(GATE, '')
  await serving.stop()
  await home.dispose()
  await pytest.remove()
  for (const path of [REPOSITORY, GATE]) await rm(path, { recursive: true, force: true })
}

/** A search, a suite that has ended, a sweep that has fired, and a suite that stands still half-way. */
async function plant(): Promise<void> {
  const command = `${pytest.words} -q`
  const of = ['--repo', REPOSITORY, '--no-setup']
  // First: with the suite's runs on record it would have its answer without one of its own.
  await home.cli('bisect', ...of, '--id', 'c-parcels', '--command', command)
  await home.report(
    'run',
    ...of,
    '--commits',
    ALL,
    '--runs',
    '20',
    '--seed',
    '7',
    '--id',
    'parcels',
    '--command',
    command,
  )
  await home.cli(
    'sweep',
    'create',
    ...of,
    '--name',
    'nightly',
    '--cron',
    '0 2 * * *',
    '--budget-runs',
    '20',
    '--command',
    command,
  )
  await home.cli('sweep', 'trigger', 'nightly')
  await until(
    'the sweep has fired',
    async () => {
      const { stdout } = await home.cli('sweep', 'show', 'nightly', '--json')
      return sweepSchema.parse(JSON.parse(stdout)).firings.some(({ status }) => status === 'completed')
    },
    300_000,
  )
  const stands = `if test -e parcels/labels.py && test "$ATTEMPT" -ge ${STANDS_AT}; then until test -e ${GATE}; do sleep 0.1; done; fi`
  const live = [
    '--commits',
    ALL,
    '--runs',
    '40',
    // Fewer than the slots: then no run begins before one of a lower number, and none waits at the gate too early.
    '--parallelism',
    '3',
    '--id',
    'release',
    '--command',
    `${stands}; ${command}`,
  ]
  await home.cli('run', ...of, ...live, '--detach')
  await until(
    'the suite stands still',
    async () => {
      const { commits } = (await home.report('show', 'release')).report
      return commits.some(({ refs, passed, failed }) => refs.includes('HEAD~1') && passed + failed >= STANDS_AT)
    },
    300_000,
  )
}

async function picture(
  name: string,
  address: string,
  shows: string,
  colorScheme: 'light' | 'dark' = 'light',
): Promise<void> {
  const page: Page = await browser.newPage({ viewport: { width: 1280, height: 800 }, colorScheme })
  page.setDefaultTimeout(120_000)
  await page.goto(`${serving.url}/#${address}`)
  await settled(page)
  await page.locator(shows).first().waitFor()
  const path = join(FOLDER, `${name}.png`)
  await page.screenshot({ path, animations: 'disabled' })
  await page.close()
  const { size } = await stat(path)
  console.log(`${path}: ${Math.ceil(size / 1000)} kB`)
  if (size > MOST_BYTES)
    throw new Error(`${path} has ${size} bytes, more than the ${MOST_BYTES} of a picture in the README`)
}
