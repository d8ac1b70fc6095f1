import { setTimeout as sleep } from 'node:timers/promises'
import { isOpen, type SuiteEvent } from '../../contract/index.ts'
import { requireRun } from '../../store/find-run.ts'
import { historyPage, testHistoryDocument } from '../../store/history/documents.ts'
import type { Store } from '../../store/store.ts'
import { suiteSummary } from '../../store/suite-summary.ts'
import type { CliContext } from '../context.ts'
import { followEvents } from '../progress/follow.ts'
import type { KeyRegistry, Site } from '../site/site.ts'
import { failingRuns } from './failing-runs.ts'
import { ownIsolations } from './isolations.ts'
import { runOutput } from './run-output.ts'
import { ownSearches } from './searches.ts'
import { interruptedSuites, type Own, withOwn, withOwnStack } from './stack.ts'

/** This machine: its record, opened while `use` needs it, and its own stack. */
export async function withLocalSite<T>(context: CliContext, use: (site: Site) => Promise<T>): Promise<T> {
  return await withOwn(context, (own) => use(localSite(context, own)))
}

function localSite(context: CliContext, own: Own): Site {
  const { store, config } = own
  return {
    suite: (id) => store.suites.get(id),
    suites: async (query) => (await store.suites.list(query)).map(suiteSummary),
    report: (suite, options) => context.services.readReport(store, suite, options),
    notifications: (suite) => store.notifications.list(suite),
    eventsOnRecord: (suite) => eventsOnRecord(store, suite),
    follow: (suite, options) => followEvents(store, suite, options),
    untilEnded: (suite) => untilEnded(store, suite),
    async run(id) {
      const run = await requireRun(store, id, 'RUN')
      const { suite, attempt, generation } = run.parsed
      const result = await store.results.get({ suite, sha: run.sha, attempt, generation })
      return { ...run, outcome: result?.outcome ?? null, reason: result?.reason ?? null }
    },
    failingRuns: (suite) => failingRuns(store, suite),
    output: (run, options) => runOutput(store, run, options),
    searches: ownSearches(store),
    isolations: ownIsolations(store),
    history: {
      tests: (query) => historyPage(store.history, query),
      test: (query) => testHistoryDocument(store.history, query),
    },
    keys: keysOf(store),
    temporal: () => context.services.findStack(config),
    interrupted: () => interruptedSuites(context, own),
    withStack: (options, use) => withOwnStack(context, own, options, use),
  }
}

const EVENTS = 1_000

async function* eventsOnRecord(store: Store, suite: string): AsyncGenerator<SuiteEvent[]> {
  for (let after = 0; ; ) {
    const page = await store.events.read(suite, after, EVENTS)
    if (page.length > 0) yield page
    if (page.length < EVENTS) return
    after = page.at(-1)?.seq ?? after
  }
}

const POLL_MS = 150

async function untilEnded(store: Store, id: string): Promise<void> {
  for (;;) {
    const suite = await store.suites.get(id)
    if (suite === undefined || !isOpen(suite.status)) return
    await sleep(POLL_MS)
  }
}

const keysOf = ({ keys }: Store): KeyRegistry => ({
  async create(asked) {
    const { key, secret } = await keys.create(asked)
    const { id: _, ...shown } = key
    return { key: shown, secret }
  },
  list: async () => (await keys.list()).map(({ id: _, ...key }) => key),
  revoke: (name) => keys.revoke(name),
})
