import type { Page } from 'playwright-core'
import { until } from '../until.ts'

/** Waits until a page has its heading and nothing of it is on its way. */
export async function settled(page: Page): Promise<void> {
  await page.getByRole('heading', { level: 1 }).waitFor()
  await until('everything is loaded', async () => (await page.getByText(/^Loading/).count()) === 0)
}

/** Waits for the title, which the browser's tab takes a moment after the page has it as its heading. */
export async function titled(page: Page, title: string | RegExp): Promise<void> {
  const isSo = (now: string) => (typeof title === 'string' ? now === title : title.test(now))
  await until(`the title is ${title}`, async () => isSo(await page.title()))
}
