/**
 * Runs inside a sandbox's network namespace: carries connections from its loopback to the Unix socket of the
 * filtering proxy. It stands alone (no imports but Node's own), because it is shown to the sandbox as one file.
 */
import { connect, createServer } from 'node:net'
import { pipeline } from 'node:stream'

const [socketPath = '', port = ''] = process.argv.slice(2)

const server = createServer({ allowHalfOpen: true }, (client) => {
  const proxy = connect({ path: socketPath, allowHalfOpen: true })
  const end = (): void => {
    client.destroy()
    proxy.destroy()
  }
  pipeline(client, proxy, (error) => error && end())
  pipeline(proxy, client, (error) => error && end())
})

server.listen(Number(port), '127.0.0.1', () => process.stdout.end('ready\n'))
