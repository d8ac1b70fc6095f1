import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { bestEncoding, type DashboardFiles, readDashboard, type ServedFile } from '../dashboard/files.ts'
import { MISSING_PAGE } from '../dashboard/missing-page.ts'
import type { GatewayDeps } from '../deps.ts'

/** No inline script or style, nothing from elsewhere, in no frame. Styles set by script are not bound by it. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ')
const FOREVER = 'public, max-age=31536000, immutable'
/** A new version has other assets: the page that names them is asked for each time. */
const EACH_TIME = 'no-cache'

/** The dashboard. It needs no key, and shows nothing that does not come from a call that does. */
export const dashboardRoutes: FastifyPluginAsync<GatewayDeps> = async (app, { openDashboard, log }) => {
  let opened: Promise<DashboardFiles | undefined> | undefined
  // Only when somebody looks: most gateways of tests and build servers never serve it.
  const files = (): Promise<DashboardFiles | undefined> => {
    opened ??= openDashboard()
      .then(readDashboard)
      .catch((err: unknown) => {
        log.error({ err }, 'the dashboard cannot be had')
        return undefined
      })
    return opened
  }
  const open = { schema: { hide: true }, config: { role: null } }

  app.get('/', open, async (request, reply) => {
    const index = (await files())?.index
    reply.header('Cache-Control', EACH_TIME).header('Content-Security-Policy', POLICY)
    if (index !== undefined) return send(request, reply, index)
    return reply.code(503).type('text/html; charset=utf-8').send(MISSING_PAGE)
  })

  app.get<{ Params: { name: string } }>('/assets/:name', open, async (request, reply) => {
    const asset = (await files())?.assets.get(request.params.name)
    if (asset === undefined) return reply.callNotFound()
    reply.header('Cache-Control', FOREVER).header('Content-Security-Policy', POLICY)
    return send(request, reply, asset)
  })
}

function send({ headers }: FastifyRequest, reply: FastifyReply, file: ServedFile): FastifyReply {
  const encoding = bestEncoding(headers['accept-encoding'])
  reply.type(file.type).header('Vary', 'Accept-Encoding')
  if (encoding === undefined) return reply.send(file.plain)
  return reply.header('Content-Encoding', encoding).send(file[encoding])
}
