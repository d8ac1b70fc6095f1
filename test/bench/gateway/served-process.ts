import { GatewayBench } from '../../support/gateway-bench.ts'

/** Our gateway on the state directory named, as it serves, in a process of its own. */
const [stateDir] = process.argv.slice(2)
if (stateDir === undefined) throw new Error('usage: served-process.ts STATE_DIR')
const { url } = await GatewayBench.start({ stateDir })
process.stdout.write(`${JSON.stringify({ url })}\n`)
