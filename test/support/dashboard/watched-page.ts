import type { Browser, BrowserContextOptions, Page } from 'playwright-core'

/** A page of its own that keeps what went wrong in it. */
export interface WatchedPage {
  page: Page
  /** Errors and warnings of the console, violations of the content security policy, requests that failed. */
  faults: string[]
  close(): Promise<void>
}

/** Chromium says so of a stream or download that the page itself gave up. */
const GIVEN_UP = 'net::ERR_ABORTED'
const TELL_VIOLATIONS = `addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
  console.error('policy violated: ' + violatedDirective + ' by ' + blockedURI))`

/** Opens an empty page in a context of its own: no cookie and nothing stored is shared with others. */
export async function watchedPage(browser: Browser, options: BrowserContextOptions = {}): Promise<WatchedPage> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options })
  await context.addInitScript(TELL_VIOLATIONS)
  context.setDefaultTimeout(60_000)
  const page = await context.newPage()
  const faults: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') faults.push(`${message.type()}: ${message.text()}`)
  })
  page.on('pageerror', (error) => faults.push(`thrown: ${error.message}`))
  page.on('requestfailed', (request) => {
    const why = request.failure()?.errorText ?? 'failed'
    if (why !== GIVEN_UP) faults.push(`${request.url()}: ${why}`)
  })
  page.on('response', (response) => {
    if (response.status() >= 400) faults.push(`${response.url()}: ${response.status()}`)
  })
  return { page, faults, close: () => context.close() }
}
