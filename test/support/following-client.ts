import { setTimeout as sleep } from 'node:timers/promises'
import { createParser } from 'eventsource-parser'

/** Follows a suite at whatever gateway answers, coming back with its cursor until the stream ends by itself. */
export class FollowingClient {
  readonly seqs: number[] = []
  readonly ended: Promise<void>
  /** Connections that were refused or cut. */
  broken = 0
  /** Streams that a gateway ended in an orderly way, the last one included. */
  closed = 0

  constructor(suite: string, urls: () => readonly string[]) {
    this.ended = this.#follow(suite, urls)
  }

  async #follow(suite: string, urls: () => readonly string[]): Promise<void> {
    for (let next = 0; ; next++) {
      const url = urls()[next % urls().length] ?? ''
      try {
        const headers = { 'last-event-id': String(this.seqs.at(-1) ?? 0) }
        const response = await fetch(`${url}/v1/suites/${suite}/events`, { headers })
        if (response.status === 204) return
        if (!response.ok) throw new Error(`answered ${response.status}`)
        await this.#read(response)
        this.closed++
      } catch {
        this.broken++
        await sleep(50)
      }
    }
  }

  async #read(response: Response): Promise<void> {
    const parser = createParser({ onEvent: ({ id }) => void this.seqs.push(Number(id)) })
    const decoder = new TextDecoder()
    for await (const piece of response.body ?? []) parser.feed(decoder.decode(piece, { stream: true }))
  }
}
