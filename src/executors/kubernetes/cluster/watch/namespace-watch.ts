import type { V1Pod } from '@kubernetes/client-node'
import { ObjectSerializer } from '@kubernetes/client-node/dist/gen/models/ObjectSerializer.js'
import type { Logger } from 'pino'
import { CommitSuiteError } from '../../../../contract/index.ts'
import type { ApiLink } from '../api-link.ts'
import { isAway, NoAnswer, unavailable } from '../away.ts'
import { backOffMs, pause } from '../back-off.ts'
import { joinSignals } from '../join-signals.ts'
import { isRefusal, refusalFromStatus } from '../refusal.ts'
import { askedToWaitMs } from '../while-away.ts'
import { eventBatches, type WatchEvent } from './event-lines.ts'
import type { PodIndex } from './pod-index.ts'

export interface WatchSettings {
  awayMs: number
  /** A watch without event or bookmark for so long is made anew; the server sends bookmarks about once a minute. */
  idleMs: number
  log: Logger | undefined
}

/** The server ends a watch by itself after so long, so that connections spread over servers again. */
const WATCH_SECONDS = 300
/** A watch that ends sooner than this was not a good one, however politely it ended. */
const SHORT_MS = 1_000

/**
 * Keeps an index in step with the pods of a namespace until the signal aborts: a list, then a watch from its resource
 * version; from the last version after an ordinary end, and from a new list after anything else.
 */
export class NamespaceWatch {
  private readonly link: ApiLink
  private readonly namespace: string
  private readonly index: PodIndex
  private readonly settings: WatchSettings
  private version: string | undefined
  private failures = 0
  private heardMs = performance.now()

  constructor(link: ApiLink, namespace: string, index: PodIndex, settings: WatchSettings) {
    this.link = link
    this.namespace = namespace
    this.index = index
    this.settings = settings
  }

  async follow(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        this.version ??= await this.list(signal)
        await this.stream(this.version, signal)
      } catch (error) {
        if (signal.aborted) return
        await this.recover(error, signal).catch(() => undefined)
      }
    }
  }

  private async list(signal: AbortSignal): Promise<string> {
    const { namespace } = this
    const pods = await this.link.apis(signal).core.listNamespacedPod({ namespace })
    this.heardMs = performance.now()
    this.index.replace(pods.items)
    return pods.metadata?.resourceVersion ?? ''
  }

  private async stream(from: string, signal: AbortSignal): Promise<void> {
    const idle = new AbortController()
    const lost = (): void => {
      this.link.distrustConnection()
      idle.abort(new NoAnswer(`the watch was silent for ${this.settings.idleMs / 1000} s`))
    }
    const timer = setTimeout(lost, this.settings.idleMs)
    const both = joinSignals(signal, idle.signal)
    const beganMs = performance.now()
    try {
      const query = {
        watch: 'true',
        allowWatchBookmarks: 'true',
        resourceVersion: from,
        timeoutSeconds: `${WATCH_SECONDS}`,
      }
      const body = await this.link.stream(`/api/v1/namespaces/${this.namespace}/pods`, query, both.signal)
      this.heardMs = performance.now()
      for await (const events of eventBatches(body)) {
        timer.refresh()
        this.heardMs = performance.now()
        this.failures = 0
        for (const event of events) this.take(event)
      }
    } catch (error) {
      throw idle.signal.aborted ? idle.signal.reason : error
    } finally {
      clearTimeout(timer)
      both.release()
    }
    if (performance.now() - beganMs < SHORT_MS) throw new NoAnswer('the watch ended at once')
  }

  private take({ type, object }: WatchEvent): void {
    if (type === 'ERROR') throw refusalFromStatus(object)
    const pod: V1Pod = ObjectSerializer.deserialize(object, 'V1Pod', '')
    if (type === 'DELETED') this.index.delete(pod)
    else if (type !== 'BOOKMARK') this.index.put(pod)
    this.version = pod.metadata?.resourceVersion ?? this.version
  }

  private async recover(error: unknown, signal: AbortSignal): Promise<void> {
    this.version = undefined
    this.index.loseStep()
    const awayMs = performance.now() - this.heardMs
    this.settings.log?.debug({ namespace: this.namespace, cause: String(error), awayMs }, 'watch interrupted')
    if (isFinal(error)) this.index.failAll(error)
    else if (awayMs > this.settings.awayMs) {
      this.index.failAll(unavailable(this.link.address, error))
      this.heardMs = performance.now()
    }
    const failures = this.failures++
    // A version too old is no fault of the server: the list that makes it good may follow at once.
    if (failures === 0 && isRefusal(error, 410)) return
    await pause(Math.max(backOffMs(failures), askedToWaitMs(error)), signal)
  }
}

const isFinal = (error: unknown): boolean =>
  isRefusal(error) ? error.status !== 410 && !isAway(error) : error instanceof CommitSuiteError
