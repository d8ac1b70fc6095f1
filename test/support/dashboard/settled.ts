import type { Page } from 'playwright-core'
import { until } from '../until.ts'

/** Waits until a page has its heading and nothing of it is on its way. */
export async function settled(page: Page): Promise<void> {
  await page.getByRole('heading', { level: 1 }).waitFor()
  await until('everything is loaded', async () => (await page.getByText(/^Loading/).count()) === 0)
}
