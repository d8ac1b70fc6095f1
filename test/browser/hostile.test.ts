import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { addresses } from '../support/dashboard/addresses.ts'
import { DashboardBench } from '../support/dashboard/bench.ts'
import { HOSTILE } from '../support/dashboard/hostile.ts'
import { PLANTED } from '../support/dashboard/planted.ts'
import { settled, titled } from '../support/dashboard/settled.ts'

// Names of tests, messages, output and subjects of commits are text, whatever they hold.

let bench: DashboardBench
beforeAll(async () => {
  bench = await DashboardBench.make()
})
afterEach(() => bench.closePages())
afterAll(() => bench?.dispose())

/** Whatever the words would have made of the page. */
async function made(page: Page): Promise<unknown> {
  return {
    executed: await page.evaluate('window.executed ?? null'),
    elements: await page.locator('img[src="x"], script:not([src]), a[href^="javascript:" i], [onerror]').count(),
  }
}
const NOTHING = { executed: null, elements: 0 }

describe('hostile words', () => {
  it.each(['a suite', 'a commit', 'a run', 'the list of tests', 'the history of a test'] as const)(
    'are shown as they are by %s, and do nothing',
    async (name) => {
      const { page } = await bench.open(addresses[name](bench.stack))
      await settled(page)
      await page.getByText(HOSTILE.script).first().waitFor()
      expect(await made(page)).toEqual(NOTHING)
      await titled(page, / · Commit Suite$/)
    },
  )

  it('are shown by a commit in all their variety, each on its own', async () => {
    const { page } = await bench.open(addresses['a commit'](bench.stack))
    await settled(page)
    const tests = page.getByRole('table').filter({ hasText: 'hostile::' })
    const names = await tests.first().textContent()
    for (const words of [HOSTILE.script, HOSTILE.image, HOSTILE.link, 'gnp.exe']) expect(names).toContain(words)
  })

  it('are made readable in output: colours stay, what moves a cursor or renames a window goes', async () => {
    const { page } = await bench.open(`/runs/${bench.runOf(PLANTED.suite, 1, 2)}`)
    await settled(page)
    const log = page.getByTestId('log')
    await log.getByText('the last line').waitFor()
    const lines = await log.locator('.log-text').allTextContents()
    expect(lines.slice(0, 6)).toEqual([
      'red words and plain ones',
      'after the title',
      'linked words',
      'after the cleared screen',
      HOSTILE.script,
      HOSTILE.image,
    ])
    expect(lines.join('')).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f]/)
    expect(await log.getByText('red words', { exact: true }).getAttribute('class')).toMatch(/red/)
    expect(await made(page)).toEqual(NOTHING)
    expect(await page.title()).not.toContain('stolen')
  })
})
