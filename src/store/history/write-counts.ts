import { fingerprintNumber } from '../tests/fingerprint.ts'
import { inPieces } from '../tests/in-pieces.ts'
import { readMessages } from '../tests/read-failures.ts'
import type { Write } from '../write.ts'
import type { FailureGroup, FingerprintGroup, RunGroup } from './tally-fold.ts'

/** Where counts go. */
export interface FoldPlace {
  commit: number
  owner: string
  repo: string
  suite: string
}

/** Ways to fail that are kept of one test; of more its messages differ by chance. */
const MOST_FINGERPRINTS = 100

export async function addRuns(
  trx: Write,
  { commit, owner, repo }: FoldPlace,
  runs: readonly RunGroup[],
): Promise<void> {
  const rows = runs.map(({ day, ranSet, own, all }) => ({ owner, day, ran_set: ranSet, runs: own, all_runs: all }))
  for await (const piece of inPieces(rows)) {
    await trx
      .insertInto('history_runs')
      .values(piece.map((row) => ({ commit_id: commit, ...row })))
      .onConflict((conflict) =>
        conflict.columns(['commit_id', 'day', 'owner', 'ran_set']).doUpdateSet((eb) => ({
          runs: eb('history_runs.runs', '+', eb.ref('excluded.runs')),
          all_runs: eb('history_runs.all_runs', '+', eb.ref('excluded.all_runs')),
        })),
      )
      .execute()
    await trx
      .insertInto('history_days')
      .values(piece.map((row) => ({ repo, ...row })))
      .onConflict((conflict) =>
        conflict.columns(['repo', 'day', 'owner', 'ran_set']).doUpdateSet((eb) => ({
          runs: eb('history_days.runs', '+', eb.ref('excluded.runs')),
          all_runs: eb('history_days.all_runs', '+', eb.ref('excluded.all_runs')),
        })),
      )
      .execute()
  }
}

export async function addFailures(
  trx: Write,
  { commit, owner }: FoldPlace,
  failures: readonly FailureGroup[],
): Promise<void> {
  for await (const piece of inPieces(failures)) {
    await trx
      .insertInto('history_failures')
      .values(
        piece.map(({ test, day, own, all }) => ({
          ...{ commit_id: commit, test, owner, day },
          ...{ failed: own, all_failed: all },
        })),
      )
      .onConflict((conflict) =>
        conflict.columns(['commit_id', 'test', 'day', 'owner']).doUpdateSet((eb) => ({
          failed: eb('history_failures.failed', '+', eb.ref('excluded.failed')),
          all_failed: eb('history_failures.all_failed', '+', eb.ref('excluded.all_failed')),
        })),
      )
      .execute()
  }
}

/** The newest message of a fingerprint would say the same: its first one stays. */
export async function addFingerprints(
  trx: Write,
  { owner, suite }: FoldPlace,
  fingerprints: readonly FingerprintGroup[],
): Promise<void> {
  if (fingerprints.length === 0) return
  const kept = await withinBound(trx, owner, fingerprints)
  const messages = await readMessages(trx, suite, [...new Set(kept.map(({ fingerprint }) => fingerprint))])
  const rows = kept.map(({ test, fingerprint, own, all, first, last, run }) => ({
    ...{ test, owner, fingerprint: fingerprintNumber(fingerprint), message: messages.get(fingerprint) ?? '' },
    ...{ failures: own, all_failures: all, first_seen: first, last_seen: last, run },
  }))
  for await (const piece of inPieces(rows)) {
    await trx
      .insertInto('history_fingerprints')
      .values(piece)
      .onConflict((conflict) =>
        conflict.columns(['test', 'owner', 'fingerprint']).doUpdateSet((eb) => {
          const [known, added] = [eb.ref('history_fingerprints.last_seen'), eb.ref('excluded.last_seen')]
          const isNewer = eb(added, '>=', known)
          const isOlder = eb('excluded.first_seen', '<', eb.ref('history_fingerprints.first_seen'))
          return {
            failures: eb('history_fingerprints.failures', '+', eb.ref('excluded.failures')),
            all_failures: eb('history_fingerprints.all_failures', '+', eb.ref('excluded.all_failures')),
            first_seen: eb
              .case()
              .when(isOlder)
              .then(eb.ref('excluded.first_seen'))
              .else(eb.ref('history_fingerprints.first_seen'))
              .end(),
            last_seen: eb.case().when(isNewer).then(added).else(known).end(),
            run: eb.case().when(isNewer).then(eb.ref('excluded.run')).else(eb.ref('history_fingerprints.run')).end(),
          }
        }),
      )
      .execute()
  }
}

async function withinBound(
  trx: Write,
  owner: string,
  fingerprints: readonly FingerprintGroup[],
): Promise<FingerprintGroup[]> {
  const known = new Map<number, Set<number>>()
  for await (const piece of inPieces([...new Set(fingerprints.map(({ test }) => test))])) {
    const rows = await trx
      .selectFrom('history_fingerprints')
      .select(['test', 'fingerprint'])
      .where('test', 'in', piece)
      .where('owner', '=', owner)
      .execute()
    for (const { test, fingerprint } of rows) {
      known.set(test, (known.get(test) ?? new Set()).add(Number(fingerprint)))
    }
  }
  return fingerprints.filter(({ test, fingerprint }) => {
    const of = known.get(test) ?? new Set()
    const number = fingerprintNumber(fingerprint)
    if (!of.has(number) && of.size >= MOST_FINGERPRINTS) return false
    known.set(test, of.add(number))
    return true
  })
}
