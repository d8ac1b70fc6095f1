import type { V1Namespace, V1Pod } from '@kubernetes/client-node'
import type { EnvironmentOwner, EnvironmentState } from '../../environment-access.ts'
import { addHoldings, addSpending, NO_HOLDING, NO_SPENDING } from '../../spending.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { KEYS, MANAGED_BY } from '../names.ts'
import { heldBy } from './held-by.ts'
import { expiryOf, isTerminating } from './namespace.ts'
import { ownerOf } from './owner.ts'
import { podHolding, podSpending } from './pod-spending.ts'

/** Namespaces usually take 5 to 11 s to go. */
const STUCK_MS = 60_000
const PAGE = 500
const MANAGED = { labelSelector: `${KEYS.managedBy}=${MANAGED_BY}`, limit: PAGE }

/** The environments of a cluster, by name. Rights that are used: namespaces list, pods list (of all namespaces). */
export async function listEnvironments(
  cluster: Cluster,
  signal: AbortSignal,
  now = new Date(),
): Promise<EnvironmentState[]> {
  const found = await findEnvironments(cluster, signal, now)
  return found.map(({ state }) => state)
}

/** Each with the object that was read, so that what is decided about it holds for nothing newer. */
export async function findEnvironments(
  cluster: Cluster,
  signal: AbortSignal,
  now: Date,
): Promise<{ state: EnvironmentState; read: V1Namespace }[]> {
  const namespaces = await everyPage((_continue) =>
    cluster.request(({ core }) => core.listNamespace({ ...MANAGED, ...(_continue && { _continue }) }), signal),
  )
  const ours = namespaces.flatMap((read) => {
    const owner = ownerOf(read)
    return owner === undefined ? [] : [{ read, owner }]
  })
  if (ours.length === 0) return []
  const pods = await everyPage((_continue) =>
    cluster.request(
      ({ core }) => core.listPodForAllNamespaces({ ...MANAGED, ...(_continue && { _continue }) }),
      signal,
    ),
  )
  const byNamespace = Map.groupBy(pods, ({ metadata }) => metadata?.namespace ?? '')
  return ours.map(({ read, owner }) => ({
    read,
    state: stateOf(read, { owner, pods: byNamespace.get(read.metadata?.name ?? '') ?? [], now }),
  }))
}

const isAlive = ({ status }: V1Pod): boolean => status?.phase !== 'Succeeded' && status?.phase !== 'Failed'

function stateOf(
  read: V1Namespace,
  { owner, pods, now }: { owner: EnvironmentOwner; pods: V1Pod[]; now: Date },
): EnvironmentState {
  const { name = '', creationTimestamp, deletionTimestamp } = read.metadata ?? {}
  const stuck = deletionTimestamp !== undefined && now.getTime() - deletionTimestamp.getTime() > STUCK_MS
  const alive = pods.filter(isAlive)
  const suites = alive.flatMap(({ metadata }) => metadata?.labels?.[KEYS.suite] ?? [])
  return {
    namespace: name,
    owner,
    createdAt: creationTimestamp ?? now,
    expiresAt: expiryOf(read),
    phase: isTerminating(read) ? 'Terminating' : 'Active',
    pods: alive.length,
    suites: [...new Set(suites)].sort(),
    heldBy: stuck ? heldBy(read) : [],
    holding: alive.map(podHolding).reduce(addHoldings, NO_HOLDING),
    spent: pods.map((pod) => podSpending(pod, now)).reduce(addSpending, NO_SPENDING),
  }
}

interface Page<T> {
  items: T[]
  metadata?: { _continue?: string }
}

async function everyPage<T>(list: (token: string | undefined) => Promise<Page<T>>): Promise<T[]> {
  const all: T[] = []
  let token: string | undefined
  do {
    const { items, metadata } = await list(token)
    all.push(...items)
    token = metadata?._continue
  } while (token)
  return all
}
