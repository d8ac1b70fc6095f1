import type { EnvironmentDocument, EnvironmentPlace } from '../contract/http/environments.ts'
import type { EnvironmentState } from '../executors/environment-access.ts'
import { type Prices, priceOf } from '../prices.ts'

/** An environment as `environments list --json` and the gateway show it. */
export function environmentDocument(
  state: EnvironmentState,
  { place, prices }: { place: EnvironmentPlace; prices: Prices | undefined },
): EnvironmentDocument {
  const { namespace, owner, createdAt, expiresAt, phase, pods, suites, heldBy, holding, spent } = state
  const whose =
    owner.kind === 'lane'
      ? { kind: owner.kind, suite: owner.suite, sha: owner.sha, repo: owner.repo }
      : { kind: owner.kind, ...owner.session }
  return {
    place,
    namespace,
    ...whose,
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt?.toISOString() ?? null,
    phase,
    pods,
    suites,
    heldBy,
    holding,
    spent,
    cost: prices === undefined ? null : priceOf(spent, prices),
  }
}
