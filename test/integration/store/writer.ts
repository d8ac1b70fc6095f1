import { once } from 'node:events'
import { join } from 'node:path'
import { openStore } from '../../../src/store/open.ts'
import { pausedEvent, runResult } from '../../unit/store/samples.ts'

/** A process of its own that opens a store and writes; says `ready` and waits for a line before it begins. */
const [mode = '', stateDir = '', name = '', count = '0'] = process.argv.slice(2)
const options = { stateDir, artifacts: join(stateDir, 'artifacts') }

async function openOnly(): Promise<number> {
  const store = await openStore({ ...options, readOnly: name.startsWith('reader') })
  const suites = await store.suites.list({ limit: 10 })
  await store.close()
  return suites.length
}

/** All writers record the same runs; each adds an event of its own, twice, per run. */
async function recordAll(): Promise<number> {
  const store = await openStore(options)
  let inserted = 0
  for (let attempt = 0; attempt < Number(count); attempt += 1) {
    const recorded = await store.results.record(runResult({ attempt, node: name }))
    if (recorded.inserted) inserted += 1
    const event = { ...pausedEvent('s-1', attempt), subject: name }
    const { seq } = await store.events.append(event)
    if ((await store.events.append(event)).seq !== seq) throw new Error('a repeated event got another number')
  }
  await store.close()
  return inserted
}

process.stdout.write('ready\n')
await once(process.stdin, 'data')
process.stdin.destroy()
const answer = mode === 'open' ? await openOnly() : await recordAll()
process.stdout.write(`${answer}\n`)
