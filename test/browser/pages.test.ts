import axe from 'axe-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addresses } from '../support/dashboard/addresses.ts'
import { DashboardBench } from '../support/dashboard/bench.ts'
import { settled, titled } from '../support/dashboard/settled.ts'
import type { WatchedPage } from '../support/dashboard/watched-page.ts'
import { until } from '../support/until.ts'

// Every page once: opened by its address, then looked at from several sides.

let bench: DashboardBench
beforeAll(async () => {
  bench = await DashboardBench.make()
})
afterAll(() => bench?.dispose())

const PHONE = { width: 390, height: 844 }

describe.each(Object.entries(addresses))('%s', (_name, address) => {
  let watched: WatchedPage
  beforeAll(async () => {
    watched = await bench.open(address(bench.stack))
    await settled(watched.page)
  })
  afterAll(() => bench.closePages())

  it('has a heading, a title that says it, and nothing to complain about', async () => {
    const { page, faults } = watched
    const heading = await page.getByRole('heading', { level: 1 }).textContent()
    expect(heading).not.toBe('')
    await titled(page, `${heading} · Commit Suite`)
    expect(faults).toEqual([])
  })

  it('has no serious barrier, nor colours that are hard to read in either theme', async () => {
    expect(await barriers(watched, 'axe.run()')).toEqual([])
    await watched.page.emulateMedia({ colorScheme: 'dark' })
    expect(await barriers(watched, "axe.run({ runOnly: ['color-contrast', 'link-in-text-block'] })")).toEqual([])
  })

  it('fits a phone', async () => {
    const { page } = watched
    await page.setViewportSize(PHONE)
    // Charts take their new width a moment later.
    const width = () => page.evaluate<number>('document.documentElement.scrollWidth')
    await until('nothing is wider than the page', async () => (await width()) <= PHONE.width)
    expect(await page.evaluate<number>('innerWidth')).toBe(PHONE.width)
  })
})

/** What axe finds serious or critical, with the elements that have it. */
async function barriers({ page }: WatchedPage, run: string): Promise<string[]> {
  // Through the debugger: the page's policy would not let it in.
  await page.evaluate(axe.source)
  const { violations } = await page.evaluate<axe.AxeResults>(run)
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id}: ${target.join()}: ${failureSummary}`))
}
