import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { expect, inject, onTestFinished } from 'vitest'
import { launchChromium } from '../chromium.ts'
import { Home } from '../home.ts'
import { suiteArguments } from './planted.ts'
import { type DashboardStack, STACK_ENV } from './stack.ts'
import { type WatchedPage, watchedPage } from './watched-page.ts'

/** What a browser test works with: a browser of its own on the stack that all share. */
export class DashboardBench {
  readonly stack: DashboardStack
  readonly home: Home
  readonly browser: Browser
  readonly #pages: WatchedPage[] = []

  private constructor(stack: DashboardStack, browser: Browser) {
    this.stack = stack
    this.home = new Home(stack.stateDir, STACK_ENV)
    this.browser = browser
  }

  static async make(): Promise<DashboardBench> {
    return new DashboardBench(inject('dashboard'), await launchChromium())
  }

  /** Opens a page by its address (`/suites/nightly`), as somebody does who follows a link. */
  async open(path: string, options: BrowserContextOptions & { url?: string } = {}): Promise<WatchedPage> {
    const { url = this.stack.url, ...context } = options
    const watched = await watchedPage(this.browser, context)
    this.#pages.push(watched)
    await watched.page.goto(`${url}/#${path}`)
    return watched
  }

  /** Starts a suite over both commits whose runs wait for their gates, until the end of the test at the latest. */
  async start(id: string, runs: number, ...more: string[]): Promise<void> {
    onTestFinished(() => this.openGate(id))
    const started = await this.home.cli(...suiteArguments(this.stack, id, runs, 'wait'), ...more, '--detach')
    expect(started).toMatchObject({ exitCode: 0 })
  }

  /** Lets one run end, of the commit by its number, or all runs of the suite. */
  async openGate(suite: string, run?: { commit: 0 | 1; attempt: number }): Promise<void> {
    const name = run === undefined ? suite : `${suite}.${run.commit}.${run.attempt}`
    await writeFile(join(this.stack.gates, name), '')
  }

  runOf(suite: string, commit: 0 | 1, attempt: number): string {
    return `${suite}.${this.stack.shas[commit]?.slice(0, 12)}.${attempt}`
  }

  /** Closes the pages of a test, in which nothing may have gone wrong but what is `expected`. */
  async closePages(expected?: RegExp): Promise<void> {
    const pages = this.#pages.splice(0)
    await Promise.all(pages.map((watched) => watched.close()))
    expect(pages.flatMap(({ faults }) => faults).filter((fault) => expected?.test(fault) !== true)).toEqual([])
  }

  async dispose(): Promise<void> {
    await this.browser.close()
  }
}

/** Waits until the matrix of a suite says it. */
export const matrix = (page: Page, words: RegExp): Promise<void> =>
  page.getByTestId('matrix').and(page.getByLabel(words)).waitFor()

/** Waits until a suite, search or run is so. */
export const status = (page: Page, word: string): Promise<void> => page.locator('main header').getByText(word).waitFor()
