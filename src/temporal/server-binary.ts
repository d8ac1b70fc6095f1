import { join } from 'node:path'
import type { Config } from '../config.ts'
import { CommitSuiteError } from '../contract/index.ts'
import { acquireLock } from '../process/lock-file.ts'
import { binaryFolder, builtBinary, cachedBinaries } from './server-binary/cached.ts'
import { downloadBySdk } from './server-binary/download.ts'
import { goInstall } from './server-binary/go-install.ts'
import { findOnPath } from './server-binary/on-path.ts'
import { CLI_VERSION, inspectBinary } from './server-binary/version.ts'

/** A Temporal CLI that holds a recent enough server. */
export interface ServerBinary {
  path: string
  source: 'path' | 'cache' | 'download' | 'go install'
}

export interface FindServerBinary {
  onProgress?: (line: string) => void
  /** Looks only at what is installed. */
  offline?: boolean
  /** Ends a download or build. */
  signal?: AbortSignal
}

/**
 * Finds the Temporal server, in the order of `docs/`: on PATH, in the cache, the SDK's download, `go install`
 * (minutes, once; one process at a time). Throws `temporal_unavailable`, which says how to get one.
 */
export async function findServerBinary(config: Config, options: FindServerBinary = {}): Promise<ServerBinary> {
  const refused: string[] = []
  const installed = await findInstalled(config, refused)
  if (installed !== undefined) return installed
  if (options.offline === true) throw unavailable(refused)
  const onProgress = options.onProgress ?? (() => {})
  const lock = await acquireLock(join(binaryFolder(config), 'install.lock'), {
    ...(options.signal === undefined ? {} : { signal: options.signal }),
    onWait: ({ pid }) => onProgress(`process ${pid} is getting the Temporal server; waiting for it`),
  })
  try {
    return (await findInstalled(config, [])) ?? (await install(config, onProgress, refused, options.signal))
  } finally {
    await lock.release()
  }
}

async function findInstalled(config: Config, refused: string[]): Promise<ServerBinary | undefined> {
  const onPath = await findOnPath('temporal')
  if (onPath !== undefined && (await isUsable(onPath, refused))) return { path: onPath, source: 'path' }
  for (const path of await cachedBinaries(config)) {
    if (await isUsable(path, refused)) return { path, source: 'cache' }
  }
  return undefined
}

async function isUsable(path: string, refused: string[]): Promise<boolean> {
  const inspection = await inspectBinary(path)
  if (!inspection.usable) refused.push(`${path} ${inspection.reason}`)
  return inspection.usable
}

async function install(
  config: Config,
  onProgress: (line: string) => void,
  refused: string[],
  signal?: AbortSignal,
): Promise<ServerBinary> {
  onProgress('downloading the Temporal server')
  const noDownload = await downloadBySdk(config, signal)
  signal?.throwIfAborted()
  const downloaded = (await cachedBinaries(config))[0]
  if (noDownload === undefined && downloaded !== undefined) return { path: downloaded, source: 'download' }
  refused.push(`the download failed: ${noDownload ?? 'nothing arrived'}`)
  const notBuilt = await goInstall(config, onProgress, signal)
  signal?.throwIfAborted()
  if (notBuilt !== undefined) refused.push(`go install failed: ${notBuilt}`)
  else if (await isUsable(builtBinary(config), refused)) return { path: builtBinary(config), source: 'go install' }
  throw unavailable(refused)
}

function unavailable(refused: string[]): CommitSuiteError {
  const tried = refused.length === 0 ? '' : ` (${refused.join('; ')})`
  const remedy =
    'Do one of three things: put the Temporal CLI (`temporal`, with server 1.29 or newer) on PATH; install Go, ' +
    `with which commit-suite builds v${CLI_VERSION} itself; or set TEMPORAL_ADDRESS to a server that runs elsewhere.`
  return new CommitSuiteError('temporal_unavailable', `No Temporal server was found${tried}. ${remedy}`, { remedy })
}
