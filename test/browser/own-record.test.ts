import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { dashboardFolder } from '../../src/gateway/dashboard/folder.ts'
import { DashboardBench, matrix } from '../support/dashboard/bench.ts'
import { settled } from '../support/dashboard/settled.ts'
import { GatewayBench } from '../support/gateway-bench.ts'
import { recordSuite } from '../support/recorded-suite.ts'

// Gateways with records that no suite of these tests makes: an empty one, one with keys, one with very much on it.

let bench: DashboardBench
beforeAll(async () => {
  bench = await DashboardBench.make()
})
afterEach(() => bench.closePages(/\b401\b/))
afterAll(() => bench?.dispose())

async function gateway(): Promise<GatewayBench> {
  const started = await GatewayBench.start({ openDashboard: () => dashboardFolder(bench.home.config.cacheDir) })
  onTestFinished(() => started.stop())
  return started
}

describe('a record with nothing on it', () => {
  it.each(['suites', 'searches', 'tests', 'sweeps'])('says so in the list of %s', async (list) => {
    const { url } = await gateway()
    const { page } = await bench.open(`/${list}`, { url })
    await settled(page)
    await page.locator('main .empty').first().waitFor()
    expect(await page.getByRole('table').count()).toBe(0)
  })
})

describe('a gateway with keys', () => {
  it('asks for one, says which is wrong, keeps it from the page, and forgets it', async () => {
    const keyed = await gateway()
    const key = await keyed.key('boss', 'admin')
    await recordSuite(keyed.store, { id: 'kept', runs: 3 })
    const { page } = await bench.open('/suites/kept', { url: keyed.url })
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    await page.getByLabel('API key').fill('cs_wrong')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('alert').getByText(/key/).first().waitFor()
    await page.getByLabel('API key').fill(key)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('heading', { name: 'kept' }).waitFor()
    await matrix(page, /3 runs finished/)

    const cookies = await page.context().cookies()
    expect(cookies).toMatchObject([{ httpOnly: true, sameSite: 'Strict' }])
    const seen = await page.evaluate<string>('document.cookie + JSON.stringify({ ...localStorage, ...sessionStorage })')
    expect(seen).not.toContain(key)
    expect(page.url()).not.toContain(key)

    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    await page.goto(`${keyed.url}/#/suites`)
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
  })
})

describe('a suite of 10,000 runs', () => {
  it('is all in the matrix, and few elements', async () => {
    const large = await gateway()
    await recordSuite(large.store, { id: 'large', runs: 10_000 })
    const { page } = await bench.open('/suites/large', { url: large.url })
    await matrix(page, /10,000 runs finished, 6,667 passed, 3,333 failed/)
    await settled(page)
    expect(await page.evaluate<number>("document.querySelectorAll('*').length")).toBeLessThan(3_000)
    await page.getByTestId('matrix').focus()
    await page.keyboard.press('End')
    await page.getByText(/run 9,?999/).waitFor()
  })
})
