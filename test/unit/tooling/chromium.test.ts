import { expect, it } from 'vitest'
import { findChromium } from '../../support/chromium.ts'

it('a machine without Chromium is told how to get one', async () => {
  await expect(findChromium({ PATH: '/nonexistent' })).rejects.toThrow(
    /apt-get install chromium .*or name it in CHROMIUM/,
  )
})

it('the Chromium that CHROMIUM names is taken', async () => {
  expect(await findChromium({ PATH: '', CHROMIUM: '/opt/chromium/chrome' })).toBe('/opt/chromium/chrome')
})
