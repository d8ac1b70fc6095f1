import type { Outcome } from '../contract/index.ts'
import type { MachineRuns } from '../stats/equal-rates.ts'
import type { Database } from './write.ts'

export interface MachinesQuery {
  suite: string
  sha: string
  /** Only attempts below this one. */
  below?: number | undefined
}

const FAILED: Outcome[] = ['failed', 'timed_out', 'crashed']

/** Runs of a commit that gave a test result, by the machine they were on. */
export async function readMachines(db: Database, { suite, sha, below }: MachinesQuery): Promise<MachineRuns[]> {
  const rows = await db
    .selectFrom('results')
    .select((eb) => ['node', 'outcome', eb.fn.countAll<number | bigint | string>().as('runs')])
    .where('suite', '=', suite)
    .where('sha', '=', sha)
    .where('superseded', '=', 0)
    .where('outcome', 'in', ['passed', ...FAILED])
    .$if(below !== undefined, (query) => query.where('attempt', '<', below ?? 0))
    .groupBy(['node', 'outcome'])
    .orderBy('node')
    .execute()
  const machines = new Map<string, MachineRuns>()
  for (const { node, outcome, runs } of rows) {
    const machine = machines.get(node) ?? { node, failures: 0, runs: 0 }
    machines.set(node, machine)
    machine.runs += Number(runs)
    if (FAILED.includes(outcome)) machine.failures += Number(runs)
  }
  return [...machines.values()]
}

/** Whether runs of a suite were on more than one machine. */
export async function hasSeveralMachines(db: Database, suite: string): Promise<boolean> {
  const row = await db
    .selectFrom('results')
    .select((eb) => [eb.fn.min('node').as('first'), eb.fn.max('node').as('last')])
    .where('suite', '=', suite)
    .executeTakeFirst()
  return row !== undefined && row.first !== row.last
}
