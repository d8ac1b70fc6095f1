import type { CoreV1Api, NetworkingV1Api, V1Pod } from '@kubernetes/client-node'

/** The parts of the API that we use. */
export interface ClusterApis {
  core: CoreV1Api
  networking: NetworkingV1Api
}

/**
 * One cluster, as all suites of this process share it: requests under one rate limit, one watch per namespace,
 * commands in pods. An API server that is away is waited for; faults come as CommitSuiteError
 * (`cluster_unavailable` after the wait, `cluster_invalid` for a bad configuration) or as `ApiRefusal`.
 */
export interface Cluster {
  /** The context's name, for people. */
  readonly name: string
  /** Requests sent so far, watches and exec'd commands included. */
  readonly requests: number
  /**
   * One API request under the rate limit. Repeated while the server is away, answers 429 or 5xx, or the connection
   * breaks, so `call` must be safe to repeat.
   *
   * @throws ApiRefusal for any other answer that is not a success
   */
  request<T>(call: (apis: ClusterApis) => Promise<T>, signal?: AbortSignal): Promise<T>
  /** The pods of a namespace by one watch that all callers share; given back by `close`. */
  watchPods(namespace: string): PodWatch
  /** Starts a command in a running container. Throws `ExecFailed` where it could not be started. */
  exec(target: ExecTarget, command: readonly string[], options: ExecOptions): Promise<ExecSession>
  close(): Promise<void>
}

export interface PodWatch {
  /**
   * Resolves with the first answer of `pick` that is not undefined. `pick` sees the pod as it is known once the watch
   * is in step, then every change of it; undefined where it does not exist (any more).
   */
  until<T>(pod: string, pick: (pod: V1Pod | undefined) => T | undefined, signal: AbortSignal): Promise<T>
  /** All pods as known now; waits until the watch is in step. */
  list(signal: AbortSignal): Promise<V1Pod[]>
  close(): void
}

export interface ExecTarget {
  namespace: string
  pod: string
  container: string
}

export interface ExecOptions {
  /** Called in order; the connection is not read further while it is pending. */
  onStdout(bytes: Uint8Array): void | Promise<void>
  signal: AbortSignal
  /** Without anything from the other side for so long the connection counts as lost; 60 s. */
  idleMs?: number
}

export interface ExecSession {
  /** Resolves when the connection has room again. Throws `ExecFailed` once the connection is lost. */
  write(bytes: Uint8Array): Promise<void>
  /**
   * The command's own end, after its last output was taken. Rejects with `ExecFailed` where the connection was lost
   * first, or with the signal's reason.
   */
  readonly ended: Promise<ExecEnd>
}

export interface ExecEnd {
  exitCode: number
  /** The last 4 KiB. */
  stderr: string
}
