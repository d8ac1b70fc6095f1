import cookie from '@fastify/cookie'
import helmet from '@fastify/helmet'
import rateLimit from '@fastify/rate-limit'
import websocket from '@fastify/websocket'
import fastify, { type FastifyBaseLogger, type FastifyInstance, type FastifyRequest, LogController } from 'fastify'
import { CommitSuiteError, type Role } from '../contract/index.ts'
import { packageVersion } from '../package-version.ts'
import { authenticate } from './auth/authenticate.ts'
import { requireRole } from './auth/caller.ts'
import { requireJson } from './auth/content-type.ts'
import { requireOwnOrigin } from './auth/origin.ts'
import type { GatewayDeps } from './deps.ts'
import { describeOperations } from './docs.ts'
import { logAccess, requestId } from './http/access-log.ts'
import { Drain, refuseWhileDraining } from './http/draining.ts'
import { parseJsonBodies } from './http/json-body.ts'
import { countRequests, type Metrics } from './http/metrics.ts'
import { answerWithProblems } from './http/problems.ts'
import { traceRequests } from './http/trace-requests.ts'
import { validateByZod } from './http/validate.ts'
import './request.ts'
import { OpenLimit } from './open-limit.ts'
import { aboutRoutes } from './routes/about.ts'
import { dashboardRoutes } from './routes/dashboard.ts'
import { environmentRoutes } from './routes/environments.ts'
import { eventRoutes } from './routes/events.ts'
import { faceRoutes } from './routes/faces.ts'
import { healthRoutes } from './routes/health.ts'
import { isolationRoutes } from './routes/isolations.ts'
import { keyRoutes } from './routes/keys.ts'
import { logRoutes } from './routes/logs.ts'
import { payloadCodecRoutes } from './routes/payload-codec.ts'
import { replayRoutes } from './routes/replays.ts'
import { reportRoutes } from './routes/reports.ts'
import { runRoutes } from './routes/runs.ts'
import { searchRoutes } from './routes/searches.ts'
import { startRoutes } from './routes/start-suite.ts'
import { suiteRoutes } from './routes/suites.ts'
import { sweepRoutes } from './routes/sweeps.ts'
import { testRoutes } from './routes/tests.ts'
import { IsolationStarter } from './start-isolations.ts'
import { SearchStarter } from './start-searches.ts'
import { SuiteStarter } from './start-suites.ts'
import { SweepStarter } from './start-sweeps.ts'
import { isolationEvents, searchEvents, suiteEvents } from './streams/event-source.ts'
import { Feeds } from './streams/feeds.ts'

/** Below the 2 MB that Temporal takes as the input of a workflow. */
const LARGEST_BODY_BYTES = 1_500_000
const LARGEST_FRAME_BYTES = 1024 * 1024
const LONGEST_URL_PART = 2048
const MINUTE_MS = 60_000

/** A gateway before it listens; `drain` ends its streams, closing it ends all else. */
export interface Gateway {
  app: FastifyInstance
  drain: Drain
  metrics: Metrics
}

/** Builds the service: checks first, then routes. It starts workflows and streams what they do; it runs nothing. */
export async function buildGateway(deps: GatewayDeps): Promise<Gateway> {
  const logger: FastifyBaseLogger = deps.log
  const app: FastifyInstance = fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: requestId,
    requestIdHeader: false,
    bodyLimit: LARGEST_BODY_BYTES,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: LONGEST_URL_PART },
  })
  const drain = new Drain()
  validateByZod(app)
  answerWithProblems(app)
  parseJsonBodies(app)
  logAccess(app)
  const metrics = countRequests(app)
  await app.register(cookie)
  refuseWhileDraining(app, drain)
  await protect(app, deps)
  traceRequests(app)
  await app.register(websocket, { options: { maxPayload: LARGEST_FRAME_BYTES } })
  await describeOperations(app, packageVersion())

  const limit = new OpenLimit(deps.store)
  const starter = new SuiteStarter(deps, limit, () => metrics.startedSuites.inc())
  const searchStarter = new SearchStarter(deps, limit)
  const feeds = new Feeds(suiteEvents(deps.store))
  const searchFeeds = new Feeds(searchEvents(deps.store))
  const isolationStarter = new IsolationStarter(deps, limit)
  const sweepStarter = new SweepStarter(deps, limit)
  const isolationFeeds = new Feeds(isolationEvents(deps.store))
  const streaming = {
    ...deps,
    feeds,
    searchFeeds,
    drain,
    metrics,
    starter,
    searchStarter,
    isolationStarter,
    isolationFeeds,
    sweepStarter,
  }
  const routes = [
    suiteRoutes,
    runRoutes,
    keyRoutes,
    reportRoutes,
    environmentRoutes,
    aboutRoutes,
    dashboardRoutes,
    testRoutes,
    payloadCodecRoutes,
  ]
  for (const plugin of routes) await app.register(plugin, deps)
  for (const plugin of [
    startRoutes,
    replayRoutes,
    eventRoutes,
    searchRoutes,
    isolationRoutes,
    sweepRoutes,
    logRoutes,
    faceRoutes,
    healthRoutes,
  ]) {
    await app.register(plugin, streaming)
  }
  return { app, drain, metrics }
}

/** What a route asks for; one that forgot to say so asks for the most. The documents tell what the source tells. */
function neededRole({ is404, routeOptions: { config, url } }: FastifyRequest): Role | null {
  if (is404 || url?.startsWith('/docs') === true) return null
  return config.role === undefined ? 'admin' : config.role
}

/** Who may call what, and how often; see `docs/gateway.md`. */
async function protect(app: FastifyInstance, deps: GatewayDeps): Promise<void> {
  app.decorateRequest('caller', null)
  app.addHook('onRequest', async (request) => {
    requireOwnOrigin(request.method, request.headers, deps.settings.origins)
    requireJson(request)
    const role = neededRole(request)
    if (role === null) return
    request.caller = await authenticate(request, deps)
    requireRole(request.caller, role)
  })
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"], baseUri: ["'none'"], formAction: ["'none'"] },
    },
    strictTransportSecurity: false,
  })
  await app.register(rateLimit, {
    hook: 'preHandler',
    timeWindow: MINUTE_MS,
    keyGenerator: ({ caller, ip }) => caller?.keyId ?? ip,
    max: ({ caller }) => caller?.requestsPerMinute ?? Number.MAX_SAFE_INTEGER,
    // Without a key it is this machine's own user, or a call that everyone may make.
    allowList: ({ caller }) => (caller?.keyId ?? null) === null,
    errorResponseBuilder: (_request, { max, after }) =>
      new CommitSuiteError('rate_limited', `More than ${max} requests a minute. Try again in ${after}.`, {
        field: 'requestsPerMinute',
        value: max,
        rule: 'requests of the key a minute',
      }),
  })
}
