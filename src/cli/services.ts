import type { Config } from '../config.ts'
import type { ClusterRef, SuiteReport, SuiteSpec } from '../contract/index.ts'
import type { EnvironmentAccess } from '../executors/environment-access.ts'
import type { CollectedFromClusters } from '../executors/kubernetes/environments/collect-clusters.ts'
import type { ListeningGateway } from '../gateway/listen.ts'
import type { Patience } from '../store/postgres/database.ts'
import type { Store } from '../store/store.ts'
import type { SuiteControl } from '../temporal/suites.ts'
import type { FileOptions } from './config-file/options.ts'
import type { ScriptParts } from './replay/script.ts'

/** Where to see suites in Temporal. */
export interface TemporalPlace {
  /** Base URL of the Temporal Web UI, null where there is none. */
  temporalUi: string | null
  namespace: string
}

/** A share in the stack (Temporal and a worker) that this process holds until it gives it back. */
export interface StackLease extends TemporalPlace {
  temporalAddress: string
  pid: number
  release(): Promise<void>
}

/** Values of secret variables on their way to the worker: never in a request, a file or a command line. */
export interface SuiteSecrets {
  suites: string[]
  values: Record<string, string>
}

export interface AcquireOptions {
  /** Gets lines for people. */
  onProgress: (line: string) => void
  resume: boolean
  /** True for a gateway: the worker is to have this command's rules for requests from the network. */
  network?: boolean
  secrets?: SuiteSecrets
}

export interface DoctorCheck {
  name: string
  status: 'ok' | 'warning' | 'failed'
  detail: string
  remedy?: string
}
export interface DoctorReport {
  checks: DoctorCheck[]
}

/** Something that `gc` removed, or would remove; the name is relative to the state directory. */
export interface Garbage {
  name: string
  sizeBytes: number
}

/** The parts behind the command line, each loaded when it is first used. */
export interface Services {
  config(): Config
  /** `patience` is with a result database that is away. */
  openStore(config: Config, patience?: Partial<Patience>): Promise<Store>
  /** Throws `suite_not_found`. */
  readReport(store: Store, suite: string, options: { results: boolean }): Promise<SuiteReport>
  /**
   * Starts the stack where it is not up, which resumes interrupted suites; with `resume: false` throws
   * `temporal_unavailable` instead. `secrets` are kept in memory for as long as the suites need them.
   */
  acquireStack(config: Config, options: AcquireOptions): Promise<StackLease>
  /** The stack if it is up; never starts or holds one. */
  findStack(config: Config): Promise<TemporalPlace | undefined>
  /** Whether suites run by the embedded Temporal, whose worker is on this machine and started by our commands. */
  isEmbedded(config: Config): Promise<boolean>
  connectSuites(stack: StackLease, store: Store): Promise<SuiteControl>
  /** Throws `invalid_input` where the address cannot be had, or would be open to the network without a key. */
  startGateway(options: {
    config: Config
    store: Store
    stack: StackLease
    host: string
    port: number
  }): Promise<ListeningGateway>
  runDoctor(config: Config): Promise<DoctorReport>
  collectGarbage(config: Config, options: { olderThanMs: number; dryRun: boolean }): Promise<Garbage[]>
  /**
   * Environments in clusters that outlived their time: of the given cluster, or of all that this host knows, which
   * may be none. Never throws because of a cluster.
   */
  collectEnvironments(
    config: Config,
    options: { olderThanMs: number; dryRun: boolean; cluster: ClusterRef | undefined },
  ): Promise<CollectedFromClusters>
  /** Throws `cluster_invalid`; what it gives throws `cluster_unavailable`. */
  openEnvironments(cluster: ClusterRef | undefined): Promise<EnvironmentAccess>
  /** What the local executor has on this machine. */
  localEnvironments(config: Config, store: Store): Promise<EnvironmentAccess>
  /** Works until the signal aborts, then drains. `onReady` is told the build id too, where there are versions. */
  runWorker(
    config: Config,
    options: { signal: AbortSignal; onReady: (address: string, version?: string) => void },
  ): Promise<void>
  /** Whether a local repository holds changes that no commit has; `repo_not_found` where there is none. */
  uncommittedChanges(path: string): Promise<boolean>
  /** Address of a local repository's remote `origin`, without anything secret; undefined where it has none. */
  remoteOf(path: string): Promise<string | undefined>
  /** The gateway that the user's own file names. */
  userGateway(): Promise<string | undefined>
  /** What the files say, each option from the first that has it: `--config`, the project's, the user's. */
  readDefaults(cwd: string, configFile: string | undefined): Promise<FileOptions>
  /** What a run of a suite did: set-up, command and all its variables, as recorded. */
  scriptParts(spec: SuiteSpec, run: { sha: string; seed: number; attempt: number }): Promise<ScriptParts>
}
