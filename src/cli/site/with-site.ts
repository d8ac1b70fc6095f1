import type { CliContext } from '../context.ts'
import { withLocalSite } from '../local/local-site.ts'
import { type GatewayPlace, gatewayOf } from './gateway.ts'
import type { Site } from './site.ts'

/** Opens the place where suites are, this machine or a gateway, and closes it afterwards whatever comes. */
export async function withSite<T>(context: CliContext, use: (site: Site) => Promise<T>): Promise<T> {
  return await withSiteAt(context, await gatewayOf(context), use)
}

/** The same where it is known already whether it is a gateway. */
export async function withSiteAt<T>(
  context: CliContext,
  gateway: GatewayPlace | undefined,
  use: (site: Site) => Promise<T>,
): Promise<T> {
  if (gateway === undefined) return await withLocalSite(context, use)
  const { remoteSite } = await import('../remote/remote-site.ts')
  return await use(remoteSite(gateway))
}
