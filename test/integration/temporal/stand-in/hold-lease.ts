import { readConfig } from '../../../../src/config.ts'
import { siblingModule } from '../../../../src/process/sibling-module.ts'
import { acquireStack } from '../../../../src/temporal/supervisor/client.ts'

/** Takes a lease, prints it as a line of JSON and holds it until stdin ends. */
const lease = await acquireStack(readConfig(), { supervisorModule: siblingModule(import.meta.url, 'supervisor-main') })
process.stdout.write(`${JSON.stringify(lease)}\n`)
process.stdin.resume()
process.stdin.once('end', async () => {
  await lease.release()
  process.exit(0)
})
