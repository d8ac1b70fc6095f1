import type { ExpressionBuilder } from 'kysely'
import type { Schema } from '../schema.ts'
import { inPieces } from '../tests/in-pieces.ts'
import type { Write } from '../write.ts'
import type { TestDelta } from './tally-tests.ts'

const COLUMNS = [
  ...(['test', 'owner', 'repo', 'runs', 'all_runs', 'failed', 'all_failed', 'commits', 'all_commits'] as const),
  ...(['flaky', 'all_flaky', 'first_seen', 'last_seen', 'first_failed', 'last_failed'] as const),
] as const

/** Adds to the rows of tests. Nearly all tests of a commit have the same to add: they go in one statement. */
export async function addTests(trx: Write, owner: string, deltas: ReadonlyMap<number, TestDelta>): Promise<void> {
  const groups = new Map<string, { delta: TestDelta; tests: number[] }>()
  for (const [test, delta] of deltas) {
    const key = JSON.stringify(delta)
    const group = groups.get(key) ?? { delta, tests: [] }
    groups.set(key, group)
    group.tests.push(test)
  }
  for (const { delta, tests } of groups.values()) {
    for await (const piece of inPieces(tests)) await addToTests(trx, owner, delta, piece)
  }
}

async function addToTests(trx: Write, owner: string, delta: TestDelta, tests: readonly number[]): Promise<void> {
  await trx
    .insertInto('history_tests')
    .columns(COLUMNS)
    .expression((eb) =>
      eb
        .selectFrom('tests')
        .select((test) => {
          const whole = (value: number) => test.cast<number>(test.val(value), 'integer')
          const text = (value: string | null) => test.cast<string>(test.val(value), 'text')
          return [
            ...(['tests.id as test'] as const),
            text(owner).as('owner'),
            'tests.repo as repo',
            whole(delta.runs.own).as('runs'),
            whole(delta.runs.all).as('all_runs'),
            whole(delta.failed.own).as('failed'),
            whole(delta.failed.all).as('all_failed'),
            whole(delta.commits.own).as('commits'),
            whole(delta.commits.all).as('all_commits'),
            whole(delta.flaky.own ? 1 : 0).as('flaky'),
            whole(delta.flaky.all ? 1 : 0).as('all_flaky'),
            text(delta.first).as('first_seen'),
            text(delta.last).as('last_seen'),
            text(delta.failedAt?.first ?? null).as('first_failed'),
            text(delta.failedAt?.last ?? null).as('last_failed'),
          ]
        })
        .where('tests.id', 'in', tests),
    )
    .onConflict((conflict) =>
      conflict.columns(['test', 'owner']).doUpdateSet((eb) => ({
        ...seenAgain(eb),
        ...(delta.failedAt === undefined ? {} : failedAgain(eb)),
        ...(delta.flaky.own ? { flaky: 1 } : {}),
        ...(delta.flaky.all ? { all_flaky: 1 } : {}),
      })),
    )
    .execute()
}

type Update = ExpressionBuilder<Schema & { excluded: Schema['history_tests'] }, 'history_tests' | 'excluded'>

const seenAgain = (eb: Update) => ({
  runs: eb('history_tests.runs', '+', eb.ref('excluded.runs')),
  all_runs: eb('history_tests.all_runs', '+', eb.ref('excluded.all_runs')),
  commits: eb('history_tests.commits', '+', eb.ref('excluded.commits')),
  all_commits: eb('history_tests.all_commits', '+', eb.ref('excluded.all_commits')),
  first_seen: eb
    .case()
    .when('excluded.first_seen', '<', eb.ref('history_tests.first_seen'))
    .then(eb.ref('excluded.first_seen'))
    .else(eb.ref('history_tests.first_seen'))
    .end(),
  last_seen: eb
    .case()
    .when('excluded.last_seen', '>', eb.ref('history_tests.last_seen'))
    .then(eb.ref('excluded.last_seen'))
    .else(eb.ref('history_tests.last_seen'))
    .end(),
})

/** Only where it failed: the index of tests that failed is left alone otherwise. */
const failedAgain = (eb: Update) => ({
  failed: eb('history_tests.failed', '+', eb.ref('excluded.failed')),
  all_failed: eb('history_tests.all_failed', '+', eb.ref('excluded.all_failed')),
  first_failed: eb
    .case()
    .when('excluded.first_failed', '<', eb.fn.coalesce('history_tests.first_failed', 'excluded.first_failed'))
    .then(eb.ref('excluded.first_failed'))
    .else(eb.fn.coalesce('history_tests.first_failed', 'excluded.first_failed'))
    .end(),
  last_failed: eb
    .case()
    .when('excluded.last_failed', '>', eb.fn.coalesce('history_tests.last_failed', 'excluded.last_failed'))
    .then(eb.ref('excluded.last_failed'))
    .else(eb.fn.coalesce('history_tests.last_failed', 'excluded.last_failed'))
    .end(),
})
