import type { ListenAddress } from '../telemetry/listen-address.ts'
import { serveTelemetry, type TelemetryListener } from '../telemetry/listener.ts'
import { watchDependencies } from '../telemetry/process-metrics.ts'
import type { Gateway } from './app.ts'
import type { GatewayDeps } from './deps.ts'

/** Serves what a gateway counts on a port of its own. */
export async function serveMetrics(
  { metrics: { registry }, drain }: Gateway,
  { store, control }: Pick<GatewayDeps, 'store' | 'control'>,
  address: ListenAddress,
): Promise<TelemetryListener> {
  const dependencies = watchDependencies(registry, { store: () => store.keys.any(), temporal: () => control.check() })
  return await serveTelemetry(address, {
    registry,
    async ready() {
      if (drain.signal.aborted) throw new Error('the gateway is ending')
      await dependencies.check()
    },
  })
}
