import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { DashboardBench } from '../support/dashboard/bench.ts'
import { PLANTED } from '../support/dashboard/planted.ts'
import { settled } from '../support/dashboard/settled.ts'
import { until } from '../support/until.ts'

// No mouse: what is used here is reached by Tab, and seen when it is.

let bench: DashboardBench
beforeAll(async () => {
  bench = await DashboardBench.make()
})
afterEach(() => bench.closePages())
afterAll(() => bench?.dispose())

/** The element that keys go to: its label, else its words. */
const FOCUSED = `(() => {
  const { ariaLabel, labels, textContent } = document.activeElement
  return (ariaLabel ?? labels?.[0]?.textContent ?? textContent).trim()
})()`
const focused = (page: Page) => page.evaluate<string>(FOCUSED)
const untilFocused = (page: Page, name: string) =>
  until(`${name} has the focus`, async () => (await focused(page)) === name)
const MOST_STOPS = 60

/** Goes on until an element of that name has the focus, and looks whether it shows that. */
async function tabTo(page: Page, name: RegExp): Promise<void> {
  const passed: string[] = []
  while (passed.length < MOST_STOPS) {
    await page.keyboard.press('Tab')
    passed.push((await focused(page)).slice(0, 60))
    if (!name.test(passed.at(-1) ?? '')) continue
    const outline = await page.evaluate<string>('getComputedStyle(document.activeElement).outlineStyle')
    expect([passed.at(-1), outline]).toEqual([passed.at(-1), expect.not.stringMatching(/^none$/)])
    return
  }
  throw new Error(`no Tab leads to ${name}, but to ${passed.join(' | ')}`)
}

it('the first stop skips what is on all pages', async () => {
  const { page } = await bench.open('/suites')
  await settled(page)
  await page.keyboard.press('Tab')
  expect(await focused(page)).toBe('Skip to the content')
  const box = await page.locator(':focus').boundingBox()
  expect(box?.x).toBeGreaterThanOrEqual(0)
  await page.keyboard.press('Enter')
  expect(await page.evaluate<string>('document.activeElement.id')).toBe('main')
})

it('the order of stops is that of the page', async () => {
  const { page } = await bench.open('/suites')
  await settled(page)
  const stops: string[] = []
  for (let stop = 0; stop < 8; stop++) {
    await page.keyboard.press('Tab')
    stops.push(await focused(page))
  }
  expect(stops.slice(0, 7)).toEqual([
    ...['Skip to the content', 'Commit Suite', 'Suites', 'Searches', 'Tests', 'Sweeps', 'Environments'],
  ])
  expect(stops[7]).toMatch(/^Theme/)
})

it('a suite, a run that failed in it, and a line of its output are found', async () => {
  const { page } = await bench.open('/suites')
  await settled(page)
  await tabTo(page, new RegExp(`^${PLANTED.suite}$`))
  await page.keyboard.press('Enter')
  await untilFocused(page, PLANTED.suite)
  await page.getByTestId('matrix').waitFor()
  await tabTo(page, /^Matrix of runs/)
  await page.keyboard.press('f')
  await page.getByText(/run 2: failed/).waitFor()
  await page.keyboard.press('Enter')
  await page.getByTestId('log').waitFor()
  await until('the heading has the focus', async () => await page.evaluate('document.activeElement.tagName === "H1"'))
  expect(page.url()).toMatch(new RegExp(`#/runs/${PLANTED.suite}\\.[0-9a-f]{12}\\.2$`))
  await tabTo(page, /^Search$/)
  await page.keyboard.type('plain ones')
  await page.keyboard.press('Enter')
  await page.getByText('1 of 1', { exact: true }).waitFor()
  expect(await page.getByTestId('log').locator('mark').textContent()).toBe('plain ones')
})

it('a dialog has the focus while it is open, and gives it back', async () => {
  const { page } = await bench.open(`/suites/${PLANTED.suite}`)
  await settled(page)
  await page.getByRole('button', { name: 'Extend' }).waitFor()
  await tabTo(page, /^Extend$/)
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog')
  await dialog.waitFor()
  expect(await dialog.locator(':focus').count()).toBe(1)
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'detached' })
  await untilFocused(page, 'Extend')
})
