import type { SuiteEvent } from '../../src/contract/index.ts'
import type { Store } from '../../src/store/store.ts'
import { acquireStack, type StackInfo } from '../../src/temporal/supervisor/client.ts'
import { Home } from '../support/home.ts'

export interface BenchStack {
  home: Home
  stack: StackInfo
  store: Store
}

/** A fresh state directory with its stack up and held for as long as the work lasts. */
export async function withStack<T>(env: Record<string, string>, work: (bench: BenchStack) => Promise<T>): Promise<T> {
  const home = await Home.make(env)
  try {
    const lease = await acquireStack(home.config)
    const store = await home.store()
    try {
      return await work({ home, store, stack: await home.readyStack() })
    } finally {
      await store.close()
      await lease.release()
    }
  } finally {
    await home.dispose()
  }
}

/** Runs a suite to its end, whose every run must pass; returns the wall time of the command in ms. */
export async function runSuite(home: Home, args: string[]): Promise<number> {
  const beganAtMs = performance.now()
  const { exitCode, stderr } = await home.cli('run', ...args)
  if (exitCode !== 0) throw new Error(`commit-suite run ${args.join(' ')} ended with ${exitCode}:\n${stderr}`)
  return performance.now() - beganAtMs
}

const PAGE = 10_000

export async function allEvents(store: Store, suite: string): Promise<SuiteEvent[]> {
  const events: SuiteEvent[] = []
  for (;;) {
    const page = await store.events.read(suite, events.at(-1)?.seq ?? 0, PAGE)
    events.push(...page)
    if (page.length < PAGE) return events
  }
}
