/**
 * Who holds how many of a suite's slots. The lane opened first gets all that are free; what a lane gives back
 * goes to the youngest lane that still wants more.
 */
export class SlotLedger {
  #free: number
  readonly #held = new Map<string, number>()
  readonly #wanting = new Set<string>()

  constructor(slots: number) {
    this.#free = slots
  }

  /** Opens a lane with all free slots (perhaps none) and returns their number. */
  open(lane: string): number {
    this.#held.set(lane, 0)
    this.#wanting.add(lane)
    return this.#take(lane)
  }

  /** A lane that will start no more runs gives slots back; returns what now goes to another lane. */
  giveBack(lane: string, slots: number): { lane: string; slots: number } | undefined {
    const held = this.#held.get(lane)
    if (held === undefined) return undefined
    const returned = Math.min(slots, held)
    this.#held.set(lane, held - returned)
    this.#wanting.delete(lane)
    this.#free += returned
    return this.#handOn()
  }

  /** A lane has ended: all it held is free; returns what now goes to another lane. */
  close(lane: string): { lane: string; slots: number } | undefined {
    this.#free += this.#held.get(lane) ?? 0
    this.#held.delete(lane)
    this.#wanting.delete(lane)
    return this.#handOn()
  }

  #handOn(): { lane: string; slots: number } | undefined {
    const lane = [...this.#wanting].at(-1)
    if (lane === undefined || this.#free === 0) return undefined
    return { lane, slots: this.#take(lane) }
  }

  #take(lane: string): number {
    const slots = this.#free
    this.#free = 0
    this.#held.set(lane, (this.#held.get(lane) ?? 0) + slots)
    return slots
  }
}
