import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Client, Connection } from '@temporalio/client'
import type { Store } from '../../src/store/store.ts'
import type { Home } from '../support/home.ts'
import { failsUnder, type Load } from './load.ts'

const PAGE = 1_000
const ALL_EVENTS = 1_000_000

export interface Account {
  suites: number
  runs: number
  /** Runs that needed more than one try. */
  retried: number
  /** Runs that came to no result of their own after all their tries. */
  errors: number
  events: number
  /** Each a sentence; none where nothing was lost, doubled, wrong or left behind. */
  faults: string[]
}

/** Runs asked for against runs recorded, events against what clients were told, and what is left of it all. */
export async function account(
  load: Load,
  { workers, temporal }: { workers: readonly Home[]; temporal: string },
): Promise<Account> {
  const { store } = load.options
  const total: Account = { suites: 0, runs: 0, retried: 0, errors: 0, events: 0, faults: [] }
  for (const [suite, { seqs }] of load.followers) {
    total.suites++
    const of = await ofSuite(store, suite, load)
    total.runs += of.runs
    total.retried += of.retried
    total.errors += of.errors
    total.faults.push(...of.faults)
    const last = await store.events.lastSeq(suite)
    total.events += last
    if (!isGapless(seqs, last))
      total.faults.push(`${suite}: a client was told ${seqs.length} events of ${last}, or not in order`)
  }
  total.faults.push(...(await leftOpen(temporal)))
  for (const home of workers) total.faults.push(...(await leftBehind(home)))
  return total
}

async function ofSuite(store: Store, suite: string, { options }: Load) {
  const found = { runs: 0, retried: 0, errors: 0, faults: [] as string[] }
  const status = (await store.suites.get(suite))?.status
  if (status !== 'completed') found.faults.push(`${suite} is ${status ?? 'unknown'}`)
  for (const sha of options.repository.shas) {
    const results = await store.results.list({ suite, sha, limit: PAGE })
    const attempts = results.map(({ attempt }) => attempt).join()
    const wanted = Array.from({ length: options.runs }, (_, attempt) => attempt).join()
    if (attempts !== wanted)
      found.faults.push(`${suite} at ${sha.slice(0, 12)}: runs ${attempts} are on record, ${wanted} were asked for`)
    for (const { attempt, seed, outcome, tries } of results) {
      found.runs++
      if (tries > 1) found.retried++
      if (outcome === 'error') found.errors++
      else if (outcome !== (failsUnder(seed) ? 'failed' : 'passed'))
        found.faults.push(`${suite} at ${sha.slice(0, 12)}: run ${attempt} of seed ${seed} is ${outcome}`)
    }
  }
  const events = await store.events.read(suite, 0, ALL_EVENTS)
  if (
    !isGapless(
      events.map(({ seq }) => seq),
      events.length,
    )
  )
    found.faults.push(`${suite}: its event log has a gap`)
  const ended = events.flatMap((event) => (event.type === 'run.finished' ? [event.data.run] : []))
  if (ended.length !== found.runs || new Set(ended).size !== ended.length)
    found.faults.push(
      `${suite}: ${ended.length} ends of ${new Set(ended).size} runs in its event log, ${found.runs} results`,
    )
  return found
}

const isGapless = (seqs: readonly number[], last: number): boolean =>
  seqs.length === last && seqs.every((seq, index) => seq === index + 1)

async function leftOpen(address: string): Promise<string[]> {
  const connection = await Connection.connect({ address })
  try {
    const open = new Client({ connection }).workflow.list({ query: "ExecutionStatus = 'Running'" })
    const faults: string[] = []
    for await (const { workflowId } of open) faults.push(`the workflow ${workflowId} is still open`)
    return faults
  } finally {
    await connection.close()
  }
}

async function leftBehind({ config }: Home): Promise<string[]> {
  const workspaces = await readdir(join(config.stateDir, 'runs')).catch(() => [])
  return workspaces.map((name) => `the workspace ${name} is left in ${config.stateDir}`)
}
