import type { V1NetworkPolicy } from '@kubernetes/client-node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Cluster } from '../../../../src/executors/kubernetes/cluster/cluster.ts'
import { connectCluster } from '../../../../src/executors/kubernetes/cluster/connect.ts'
import { OURS } from '../../support/own-cluster.ts'
import { PodBench } from '../../support/pod-bench.ts'
import { ScratchNamespace } from '../../support/scratch-namespace.ts'

const METADATA = 'http://169.254.169.254/'
/** Prints the status of the answer, 000 where there was none. */
const LOOK = `look() { curl --silent --insecure --max-time 2 --output /dev/null --write-out '%{http_code}' "$1"; }`

/** Whether each target answers, `target status`: a look may come before the network lets it through, or last too long. */
const once = (targets: readonly string[]) => `${LOOK}
for target in ${targets.join(' ')}; do
  for again in $(seq 10); do status=$(look $target); [ $status = 000 ] || break; sleep 0.5; done
  echo "$target $status"
done`

/**
 * An engine learns of a pod a moment after the pod began. So each target is looked at until nothing answers, for half
 * a minute at most, and then three times more: `target status status status`.
 */
const often = (targets: readonly string[]) => `${LOOK}
for target in ${targets.join(' ')}; do
  for again in $(seq 60); do [ "$(look $target)" != 000 ] || break; sleep 0.5; done
  echo "$target $(look $target) $(look $target) $(look $target)"
done`
const nothing = (targets: readonly string[]) => targets.map((target) => `${target} 000 000 000`)

const DENY_ALL: V1NetworkPolicy = {
  metadata: { name: 'deny-all' },
  spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
}

let cluster: Cluster
let plain: ScratchNamespace
let guarded: ScratchNamespace
let bench: PodBench
/** Of another pod, the API server and a cloud's metadata server: those that a pod without any policy reaches. */
let targets: string[]
let other: string
let enforced: boolean

beforeAll(async () => {
  cluster = await connectCluster(undefined)
  plain = await ScratchNamespace.create(cluster, 'plain')
  guarded = await ScratchNamespace.create(cluster, 'guarded')
  await cluster.request(({ networking }) =>
    networking.createNamespacedNetworkPolicy({ namespace: guarded.name, body: DENY_ALL }),
  )
  await plain.createPod('server', ['python3', '-m', 'http.server', '8080', '--directory', '/etc'])
  const address = await plain.seen('server', (pod) => pod?.status?.podIP)
  other = `http://${address}:8080/`
  const all = [other, await apiServer(), METADATA]
  // The server may need a moment to listen.
  const begun = `${LOOK}\nuntil [ "$(look ${other})" = 200 ]; do sleep 0.2; done`
  const seen = (await plain.outputOf(`${begun}\n${once(all)}`)).trim().split('\n')
  targets = all.filter((target) => !seen.includes(`${target} 000`))
  enforced = (await guarded.outputOf(often(targets))).trim() === nothing(targets).join('\n')
  bench = await PodBench.make({ COMMIT_SUITE_KUBERNETES_EGRESS: `${address}` })
})
afterAll(async () => {
  await bench.dispose()
  await plain.remove()
  await guarded.remove()
  await cluster.close()
})

/** Where it really is: the address of its Service leads nowhere without kube-proxy. */
async function apiServer(): Promise<string> {
  const place = { namespace: 'default', name: 'kubernetes' }
  const { subsets = [] } = await cluster.request(({ core }) => core.readNamespacedEndpoints(place))
  const [{ addresses = [], ports = [] } = {}] = subsets
  return `https://${addresses[0]?.ip}:${ports[0]?.port}/`
}

describe.runIf(OURS)('where nothing forbids it', () => {
  it('a pod reaches another pod, the API server and the metadata server; a policy keeps it from all three', () => {
    expect(targets).toEqual([other, expect.stringMatching(/^https:.*:6443/), METADATA])
    expect(enforced).toBe(true)
  })
})

describe('a run reaches none of what a pod without policy reaches', () => {
  it.each([['pod'], ['warm']])('in a %s; its set-up only what is configured', async (isolation) => {
    expect(targets).toContain(other)
    const id = bench.id(`net-${isolation}`)
    const setup = `(${once([other])}; ${often(targets.filter((target) => target !== other))}) > seen`
    const command = `cat seen; ${often(targets)}`
    const suite = bench.suite(id, command, 1, '--setup', setup, '--isolation', isolation)
    await bench.home.cli(...suite.filter((word) => word !== '--no-setup'))
    // A cluster whose network enforces no policy shows it to the first pod of its own, and nothing of ours can help.
    if (!enforced) return console.warn('this cluster enforces no network policy: only the objects are checked')
    const closed = nothing(targets.filter((target) => target !== other))
    expect((await bench.stdout(id)).trim().split('\n')).toEqual([`${other} 200`, ...closed, ...nothing(targets)])
  })

  it('as its namespace says: nothing is let in or out, but for pods of the set-up', async () => {
    const id = bench.id('policies')
    const namespace = bench.namespaceOf(id)
    const going = bench.home.cli(...bench.suite(id, 'pwd; until [ -e go ]; do sleep 0.1; done', 1))
    await bench.untilRunning(id, 1)
    const { items } = await cluster.request(({ networking }) => networking.listNamespacedNetworkPolicy({ namespace }))
    await bench.touch(id, 'go')
    await going
    const denyAll = items.find(({ spec }) => Object.keys(spec?.podSelector?.matchLabels ?? {}).length === 0)
    expect(denyAll?.spec?.policyTypes?.toSorted()).toEqual(['Egress', 'Ingress'])
    expect([denyAll?.spec?.ingress ?? [], denyAll?.spec?.egress ?? []]).toEqual([[], []])
    const opening = items.filter(({ spec }) => (spec?.egress ?? []).length > 0)
    expect(opening).toHaveLength(1)
    for (const { spec } of opening) expect(spec?.podSelector?.matchLabels).toEqual({ 'commit-suite/role': 'prepare' })
  })
})
