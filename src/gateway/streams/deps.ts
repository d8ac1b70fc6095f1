import type { GatewayDeps } from '../deps.ts'
import type { Drain } from '../http/draining.ts'
import type { Metrics } from '../http/metrics.ts'
import type { IsolationStarter } from '../start-isolations.ts'
import type { SearchStarter } from '../start-searches.ts'
import type { SuiteStarter } from '../start-suites.ts'
import type { SweepStarter } from '../start-sweeps.ts'
import type { Feeds } from './feeds.ts'

/** What routes that stream work with, besides. */
export interface StreamingDeps extends GatewayDeps {
  feeds: Feeds
  searchFeeds: Feeds
  isolationFeeds: Feeds
  drain: Drain
  metrics: Metrics
  starter: SuiteStarter
  searchStarter: SearchStarter
  isolationStarter: IsolationStarter
  sweepStarter: SweepStarter
}
