import { createRequire } from 'node:module'
import { Runtime } from '@temporalio/worker'
import { z } from 'zod'

const sdkPackage = z.object({ version: z.string() })

/** Main of a short process: downloads the SDK's server to the folder in argv, proves that it starts, ends it. */
async function download(folder: string): Promise<void> {
  const runtime = Runtime.instance()
  const sdk = sdkPackage.parse(createRequire(import.meta.url)('@temporalio/worker/package.json'))
  const server = await runtime.createEphemeralServer({
    type: 'dev-server',
    exe: {
      type: 'cached-download',
      downloadDir: folder,
      version: 'default',
      ttl: Number.MAX_SAFE_INTEGER,
      sdkName: 'sdk-typescript',
      sdkVersion: sdk.version,
    },
    namespace: 'default',
    ip: '127.0.0.1',
    port: null,
    uiPort: null,
    dbFilename: null,
    ui: false,
    log: { format: 'pretty', level: 'error' },
    extraArgs: [],
  })
  await runtime.shutdownEphemeralServer(server)
}

try {
  await download(process.argv[2] ?? '')
  process.exit(0)
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exit(1)
}
