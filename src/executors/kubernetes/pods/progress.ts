/**
 * When something last went forward in a namespace: a pod began or ended. Waiting for room is bounded from then on,
 * so that a long queue behind a small quota is no fault, and a cluster without room is.
 */
export class NamespaceProgress {
  readonly #lastAtMs = new Map<string, number>()

  mark(namespace: string): void {
    this.#lastAtMs.set(namespace, Date.now())
  }

  /** Milliseconds since the later of `sinceMs` and the last progress. */
  idleMs(namespace: string, sinceMs: number): number {
    return Date.now() - Math.max(sinceMs, this.#lastAtMs.get(namespace) ?? 0)
  }

  forget(namespace: string): void {
    this.#lastAtMs.delete(namespace)
  }
}
