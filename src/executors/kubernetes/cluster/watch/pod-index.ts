import type { V1Pod } from '@kubernetes/client-node'

/** Somebody who waits for something of one pod. */
export interface PodWaiter {
  pod: string
  /** The pod as it is now, or undefined where there is none. */
  offer(pod: V1Pod | undefined): void
  fail(error: unknown): void
}

/** Somebody who waits for the whole list. */
export interface ListWaiter {
  offer(pods: V1Pod[]): void
  fail(error: unknown): void
}

const nameOf = (pod: V1Pod): string => pod.metadata?.name ?? ''
const uidOf = (pod: V1Pod | undefined): string | undefined => pod?.metadata?.uid
const versionOf = (pod: V1Pod | undefined): string | undefined => pod?.metadata?.resourceVersion

/** The pods of a namespace as last known, and who waits for which: a change reaches only those who wait for its pod. */
export class PodIndex {
  private pods = new Map<string, V1Pod>()
  private inStep = false
  private readonly waiters = new Map<string, Set<PodWaiter>>()
  /** Those who came while out of step, and were offered nothing yet. */
  private readonly fresh = new Set<PodWaiter>()
  private readonly lists = new Set<ListWaiter>()

  add(waiter: PodWaiter): void {
    const others = this.waiters.get(waiter.pod)
    if (others === undefined) this.waiters.set(waiter.pod, new Set([waiter]))
    else others.add(waiter)
    if (this.inStep) waiter.offer(this.pods.get(waiter.pod))
    else this.fresh.add(waiter)
  }

  addList(waiter: ListWaiter): void {
    if (this.inStep) waiter.offer([...this.pods.values()])
    else this.lists.add(waiter)
  }

  remove(waiter: PodWaiter): void {
    this.fresh.delete(waiter)
    const others = this.waiters.get(waiter.pod)
    others?.delete(waiter)
    if (others?.size === 0) this.waiters.delete(waiter.pod)
  }

  removeList(waiter: ListWaiter): void {
    this.lists.delete(waiter)
  }

  /** What is known may be old from now on. */
  loseStep(): void {
    this.inStep = false
  }

  /** A whole list: what it does not hold is gone, although nobody said so. */
  replace(list: V1Pod[]): void {
    const before = this.pods
    this.pods = new Map(list.map((pod) => [nameOf(pod), pod]))
    this.inStep = true
    for (const name of before.keys()) if (!this.pods.has(name)) this.tell(name, undefined)
    for (const [name, pod] of this.pods) this.changed(name, before.get(name), pod)
    for (const waiter of [...this.fresh]) if (this.fresh.delete(waiter)) waiter.offer(this.pods.get(waiter.pod))
    for (const waiter of this.lists) waiter.offer(list)
    this.lists.clear()
  }

  put(pod: V1Pod): void {
    const name = nameOf(pod)
    const before = this.pods.get(name)
    this.pods.set(name, pod)
    this.changed(name, before, pod)
  }

  delete(pod: V1Pod): void {
    const name = nameOf(pod)
    if (this.pods.delete(name)) this.tell(name, undefined)
  }

  failAll(error: unknown): void {
    const all = [...this.waiters.values()].flatMap((waiters) => [...waiters])
    for (const waiter of [...all, ...this.lists]) waiter.fail(error)
    this.lists.clear()
  }

  private changed(name: string, before: V1Pod | undefined, pod: V1Pod): void {
    if (versionOf(before) === versionOf(pod) && uidOf(before) === uidOf(pod)) return
    // Another pod of the same name: the one that was waited for is gone.
    if (before !== undefined && uidOf(before) !== uidOf(pod)) this.tell(name, undefined)
    this.tell(name, pod)
  }

  private tell(name: string, pod: V1Pod | undefined): void {
    for (const waiter of this.waiters.get(name) ?? []) if (!this.fresh.has(waiter)) waiter.offer(pod)
  }
}
