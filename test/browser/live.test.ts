import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { DashboardBench, matrix, status } from '../support/dashboard/bench.ts'

// Pages move by themselves: nothing here is loaded twice. Runs end when the test says so.

let bench: DashboardBench
beforeAll(async () => {
  bench = await DashboardBench.make()
})
afterEach(() => bench.closePages())
afterAll(() => bench?.dispose())

const says = (page: Page, words: string | RegExp) => page.getByText(words).first().waitFor()

describe('a suite that runs', () => {
  it('fills its matrix, its numbers and its commits as runs end', async () => {
    await bench.start('live', 2, '--parallelism', '4')
    const { page } = await bench.open('/suites/live')
    await matrix(page, /2 commits, 0 runs finished/)
    await status(page, 'running')
    await bench.openGate('live', { commit: 0, attempt: 1 })
    await matrix(page, /1 run finished, 1 passed, 0 failed/)
    await says(page, /1 of 4 runs/)
    await bench.openGate('live', { commit: 0, attempt: 0 })
    await page.getByRole('row', { name: 'Plain words' }).getByText('passing').waitFor()
    await bench.openGate('live')
    await matrix(page, /4 runs finished, 4 passed, 0 failed/)
    await status(page, 'completed')
    expect(await page.getByTestId('connection').textContent()).not.toContain('disconnected')
  })

  it('shows the output of a run while it is written', async () => {
    await bench.start('told', 1)
    const { page } = await bench.open(`/runs/${bench.runOf('told', 0, 0)}`)
    const log = page.getByTestId('log')
    await log.getByText('waiting for told.0').waitFor()
    expect(await log.getByText('let through').count()).toBe(0)
    await bench.openGate('told')
    await log.getByText('let through').waitFor()
  })

  it('appears in the list of suites, and changes there', async () => {
    const { page } = await bench.open('/suites')
    await page.getByRole('heading', { level: 1 }).waitFor()
    await bench.start('listed', 1)
    const row = page.getByRole('row').filter({ has: page.getByRole('link', { name: 'listed', exact: true }) })
    await row.getByText('running').waitFor()
    await bench.openGate('listed')
    await row.getByText('completed').waitFor()
  })
})

describe('steering', () => {
  it('pauses and resumes', async () => {
    await bench.start('steered', 2, '--parallelism', '1')
    const { page } = await bench.open('/suites/steered')
    await status(page, 'running')
    await page.getByRole('button', { name: 'Pause' }).click()
    await status(page, 'paused')
    await page.getByRole('button', { name: 'Resume' }).click()
    await status(page, 'running')
    await bench.openGate('steered')
    await status(page, 'completed')
  })

  it('cancels once that is confirmed', async () => {
    await bench.start('ended', 2)
    const { page } = await bench.open('/suites/ended')
    await status(page, 'running')
    await page.getByRole('button', { name: 'Cancel suite' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('button', { name: 'Keep as it is' }).click()
    await dialog.waitFor({ state: 'detached' })
    expect((await bench.home.report('show', 'ended')).report.status).toBe('running')
    await page.getByRole('button', { name: 'Cancel suite' }).click()
    await dialog.getByRole('button', { name: 'Cancel suite' }).click()
    await status(page, 'cancelled')
    expect((await bench.home.report('show', 'ended')).report.status).toBe('cancelled')
  })
})
