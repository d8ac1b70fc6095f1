import type { Cluster } from '../../../src/executors/kubernetes/cluster/cluster.ts'

/** What pods may ask for of the first node's processors. */
export async function allocatableMillicores(cluster: Cluster): Promise<number> {
  const { items } = await cluster.request(({ core }) => core.listNode())
  const cpu = items[0]?.status?.allocatable?.cpu ?? '0'
  return cpu.endsWith('m') ? Number(cpu.slice(0, -1)) : Number(cpu) * 1000
}
