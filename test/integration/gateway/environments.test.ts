import { existsSync } from 'node:fs'
import { basename } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { placesIn } from '../../../src/executors/local/places.ts'
import { keepWorkspace, makeWorkspace } from '../../../src/executors/local/workspace.ts'
import { GatewayBench } from '../../support/gateway-bench.ts'
import { recordSuite } from '../../support/recorded-suite.ts'
import { SHA } from '../../unit/store/samples.ts'

// What exists on the gateway's own machine, where no cluster is.

let bench: GatewayBench
beforeAll(async () => {
  bench = await GatewayBench.start()
  await recordSuite(bench.store, { id: 'done', runs: 1 })
  await recordSuite(bench.store, { id: 'open', runs: 1, status: 'running' })
})
afterAll(() => bench?.stop())

async function workspaceOf(suite: string): Promise<string> {
  const workspace = makeWorkspace(placesIn(bench.stateDir), { name: `${suite}/0`, suite, sha: SHA, treeKey: 'k' })
  await keepWorkspace(workspace)
  return workspace
}
const remove = (workspace: string) =>
  bench.call('DELETE', `/v1/environments/${basename(workspace)}?place=local`, { headers: JSON_TYPE })
const JSON_TYPE = { 'content-type': 'application/json' }

it('lists what there is, with its cost, and tells which place could not be looked at', async () => {
  const workspace = await workspaceOf('done')
  const suite = await bench.store.suites.get('done')
  expect((await bench.call('GET', '/v1/environments?place=all')).json()).toMatchObject({
    environments: [
      {
        ...{ place: 'local', namespace: basename(workspace), kind: 'lane', suite: 'done', sha: SHA, phase: 'Kept' },
        ...{ repo: suite?.spec.repo, cost: { currency: 'EUR' } },
      },
    ],
    unreached: [{ place: 'cluster', code: 'cluster_invalid' }],
  })
  expect((await bench.call('GET', '/v1/environments')).status).toBe(400)
})

it('removes what no open suite works in', async () => {
  const [ended, used] = [await workspaceOf('done'), await workspaceOf('open')]
  expect((await remove(ended)).status).toBe(204)
  const refused = await remove(used)
  expect(refused.json()).toMatchObject({ code: 'environment_conflict', remedy: expect.stringContaining('open') })
  expect([existsSync(ended), existsSync(used)]).toEqual([false, true])
})

it('finds no folder by a name that leads elsewhere', async () => {
  for (const name of ['..', '..%2F..%2Fartifacts', 'artifacts']) {
    const { status } = await bench.call('DELETE', `/v1/environments/${name}?place=local`, { headers: JSON_TYPE })
    expect(status).toBe(404)
  }
})
