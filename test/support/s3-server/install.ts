import { access, mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { readConfig } from '../../../src/config.ts'
import { acquireLock } from '../../../src/process/lock-file.ts'
import { runQuietly } from '../../../src/process/run-quietly.ts'

const VERSION = '1.8.0'
const PACKAGE = `github.com/versity/versitygw/cmd/versitygw@v${VERSION}`
const BUILD_TIMEOUT_MS = 20 * 60_000

/**
 * The S3 server of the tests, out of the cache; where it is not there yet, it is built from its Go module (minutes,
 * once; one process at a time).
 */
export async function s3ServerBinary(onProgress: (line: string) => void = () => {}): Promise<string> {
  const folder = join(readConfig().cacheDir, 'bin')
  const { code, output } = await runQuietly('go', ['env', 'GOVERSION'], { timeoutMs: 20_000 })
  if (code !== 0) throw new Error(`The S3 server of the tests is built with Go: ${output}`)
  const binary = join(folder, `versitygw-${VERSION}-${output}`)
  if (await exists(binary)) return binary
  const lock = await acquireLock(join(folder, 'install-s3-server.lock'), {
    onWait: ({ pid }) => onProgress(`process ${pid} builds the S3 server of the tests; waiting for it`),
  })
  try {
    if (!(await exists(binary))) await build(folder, binary, onProgress)
    return binary
  } finally {
    await lock.release()
  }
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )

async function build(folder: string, binary: string, onProgress: (line: string) => void): Promise<void> {
  await mkdir(folder, { recursive: true })
  const building = await mkdtemp(join(folder, 'building-'))
  onProgress(`building the S3 server of the tests with go install ${PACKAGE}; this takes minutes, once`)
  try {
    const { code, output } = await runQuietly('go', ['install', '-ldflags=-s -w', PACKAGE], {
      timeoutMs: BUILD_TIMEOUT_MS,
      cwd: building,
      env: { ...process.env, GOBIN: building, GOFLAGS: '', GOOS: '', GOARCH: '', GOWORK: 'off' },
    })
    if (code !== 0) throw new Error(`go install ${PACKAGE} failed: ${output}`)
    await rename(join(building, 'versitygw'), binary)
  } finally {
    await rm(building, { recursive: true, force: true })
  }
}
