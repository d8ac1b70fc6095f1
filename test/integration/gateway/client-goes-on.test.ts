import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { createClient } from '../../../src/client/client.ts'
import { Balancer } from '../../support/balancer.ts'
import { GatewayBench } from '../../support/gateway-bench.ts'
import { finishSuite, recordRun, recordSuite } from '../../support/recorded-suite.ts'
import { runResult, SHA } from '../../unit/store/samples.ts'

// Two replicas on one record behind one address; the client is cut off from one of them in the middle of a stream.

let one: GatewayBench
let other: GatewayBench
beforeAll(async () => {
  one = await GatewayBench.start()
  other = await GatewayBench.start({ stateDir: one.stateDir })
})
afterAll(async () => {
  await other.stop()
  await one.stop()
})

async function balanced() {
  const balancer = await Balancer.start(one.url)
  onTestFinished(() => balancer.stop())
  return { balancer, client: createClient({ url: balancer.url }) }
}

it('events go on at the other replica with no gap and no repeat, until the suite has ended', async () => {
  const { balancer, client } = await balanced()
  const runs = 300
  await recordSuite(one.store, { id: 'followed', runs: 100, status: 'running' })
  const seen: number[] = []
  for await (const { seq } of client.events('followed')) {
    seen.push(seq)
    // Wherever the stream stands: more comes while it is cut, and the end comes after another cut.
    if (seq === 50) {
      balancer.switchTo(other.url)
      for (let attempt = 100; attempt < runs; attempt++) await recordRun(one.store, 'followed', attempt)
    }
    if (seq === 250) {
      balancer.switchTo(one.url)
      await finishSuite(one.store, 'followed')
    }
  }
  expect(seen).toEqual(Array.from({ length: runs + 3 }, (_, index) => index + 1))
  expect(balancer.connections).toBeGreaterThan(2)
})

it('the output of a run goes on at the byte where it was cut, and ends with the run', async () => {
  const { balancer, client } = await balanced()
  await recordSuite(one.store, { id: 'written', runs: 0, status: 'running' })
  await one.store.suites.extend('written', { number: 1, requestDigest: 'x', seeds: [5], errors: false })
  const run = { suite: 'written', sha: SHA, attempt: 0, generation: 0 }
  const key = { ...run, try: 1, stream: 'stdout' } as const
  const bytes = Buffer.from(Array.from({ length: 200_000 }, (_, index) => (index * 7919) % 251))
  await one.store.logs.append(key, 0, bytes.subarray(0, 100_000))
  const read: Uint8Array[] = []
  let cut = false
  for await (const piece of client.log(`written.${SHA.slice(0, 12)}.0`, { stream: 'stdout', follow: true })) {
    read.push(piece)
    if (cut) continue
    cut = true
    balancer.switchTo(other.url)
    await one.store.logs.append(key, 100_000, bytes.subarray(100_000))
    await one.store.results.record(runResult({ ...run, seed: 5, artifacts: [] }))
  }
  expect(Buffer.concat(read).equals(bytes)).toBe(true)
})

it('a gateway that drains in the middle of an output does not pretend that this was all', async () => {
  const own = await GatewayBench.start({ stateDir: one.stateDir })
  const balancer = await Balancer.start(own.url)
  onTestFinished(() => balancer.stop())
  const run = { suite: 'drained', sha: SHA, attempt: 0, generation: 0 }
  await recordSuite(one.store, { id: 'drained', runs: 0, status: 'running' })
  await one.store.suites.extend('drained', { number: 1, requestDigest: 'x', seeds: [5], errors: false })
  const key = { ...run, try: 1, stream: 'stderr' } as const
  await one.store.logs.append(key, 0, Buffer.from('before '))
  let text = ''
  const client = createClient({ url: balancer.url })
  for await (const piece of client.log(`drained.${SHA.slice(0, 12)}.0`, { stream: 'stderr', follow: true })) {
    text += Buffer.from(piece)
    if (text !== 'before ') continue
    await own.stop()
    balancer.switchTo(other.url)
    await one.store.logs.append(key, 7, Buffer.from('after'))
    await one.store.results.record(runResult({ ...run, seed: 5, artifacts: [] }))
  }
  expect(text).toBe('before after')
})
