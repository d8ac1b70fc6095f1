interface TierDefinition {
  /** Per test and per hook. */
  timeoutMs: number
  /** Test files at once; 1 where tests share a server or a cluster, or need most of the machine to themselves. */
  workers: number
  /** Starts what all files of the tier share. */
  globalSetup?: string[]
}

/**
 * The folders of `test/` that hold tests, cheapest first. `root` needs root and `cluster` a Kubernetes; `cluster-rights`
 * looks at what the tests of `cluster` left in its audit log.
 */
export const TIERS = [
  'unit',
  'replay',
  'integration',
  'workflows',
  'e2e',
  'browser',
  'faults',
  'root',
  'cluster',
  'cluster-rights',
] as const
export type Tier = (typeof TIERS)[number]

export const tierDefinitions: Record<Tier, TierDefinition> = {
  unit: { timeoutMs: 60_000, workers: 2 },
  replay: { timeoutMs: 60_000, workers: 1 },
  integration: { timeoutMs: 120_000, workers: 2 },
  workflows: { timeoutMs: 120_000, workers: 1 },
  e2e: { timeoutMs: 600_000, workers: 2 },
  browser: { timeoutMs: 120_000, workers: 1, globalSetup: ['test/support/dashboard/stack.ts'] },
  faults: { timeoutMs: 600_000, workers: 2 },
  root: { timeoutMs: 120_000, workers: 1 },
  cluster: { timeoutMs: 600_000, workers: 1 },
  'cluster-rights': { timeoutMs: 60_000, workers: 1 },
}

export const isTier = (name: string): name is Tier => TIERS.some((tier) => tier === name)
