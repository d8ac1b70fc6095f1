import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Config } from '../../config.ts'
import { runQuietly } from '../../process/run-quietly.ts'
import { binaryFolder, builtBinary } from './cached.ts'
import { findOnPath } from './on-path.ts'
import { CLI_VERSION } from './version.ts'

const BUILD_TIMEOUT_MS = 20 * 60_000
const PROGRESS_EVERY_MS = 15_000
const PACKAGE = `github.com/temporalio/cli/cmd/temporal@v${CLI_VERSION}`

/** Builds the CLI from its Go module; atomic, so that no reader sees half a binary. Returns why it failed. */
export async function goInstall(
  config: Config,
  onProgress: (line: string) => void,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const go = await findOnPath('go')
  if (go === undefined) return 'go is not on PATH'
  const folder = binaryFolder(config)
  await mkdir(folder, { recursive: true })
  const building = await mkdtemp(join(folder, 'building-'))
  const startedAt = Date.now()
  onProgress(`building the Temporal server with go install ${PACKAGE}; this takes minutes, once`)
  const ticker = setInterval(() => {
    onProgress(`still building the Temporal server (${Math.round((Date.now() - startedAt) / 1000)} s)`)
  }, PROGRESS_EVERY_MS)
  try {
    const { code, output } = await runQuietly(go, ['install', PACKAGE], {
      timeoutMs: BUILD_TIMEOUT_MS,
      cwd: building,
      // Without a foreign target platform, and without the flags of the project one happens to stand in.
      env: { ...process.env, GOBIN: building, GOFLAGS: '', GOOS: '', GOARCH: '', GOWORK: 'off' },
      ...(signal === undefined ? {} : { signal }),
    })
    if (code !== 0) return output.split('\n').at(-1) ?? 'go install failed'
    await rename(join(building, 'temporal'), builtBinary(config))
    return undefined
  } finally {
    clearInterval(ticker)
    await rm(building, { recursive: true, force: true })
  }
}
