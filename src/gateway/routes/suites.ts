import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { OPERATIONS } from '../../contract/http/operations.ts'
import type { ReportedCommit, SuiteStatus } from '../../contract/index.ts'
import { readReport } from '../../store/report.ts'
import { suiteSummary } from '../../store/suite-summary.ts'
import type { Caller } from '../auth/caller.ts'
import type { GatewayDeps } from '../deps.ts'
import { listTests } from './list-tests.ts'
import { callerOf, routeOf } from './route-of.ts'
import { ownerFor, visibleSuite } from './visible.ts'

const TESTS_PER_DOCUMENT = 1_000
/** Commits share the tests of a document evenly: it is read without knowing how many each has. */
const testsPerCommit = (commits: number): number => Math.max(1, Math.floor(TESTS_PER_DOCUMENT / commits))

/** Of a suite with more commits than tests have room, the last ones list none. */
function withinBounds(commits: readonly ReportedCommit[]): ReportedCommit[] {
  let room = TESTS_PER_DOCUMENT
  return commits.map((commit) => {
    if (commit.tests === undefined) return commit
    const tests = commit.tests.slice(0, room)
    room -= tests.length
    return { ...commit, tests }
  })
}

/** Suites: list, look at, steer. */
export const suiteRoutes: FastifyPluginAsyncZod<GatewayDeps> = async (app, { store, control }) => {
  app.route({
    ...routeOf(OPERATIONS.listSuites),
    async handler(request) {
      const { repo, status, partOf, cursor, limit } = request.query
      const owner = ownerFor(callerOf(request))
      if (cursor !== undefined) await visibleSuite(store, callerOf(request), cursor)
      const suites = await store.suites.list({
        limit,
        ...(repo === undefined ? {} : { repo }),
        ...(status === undefined ? {} : { status }),
        ...(partOf === undefined ? {} : { partOf }),
        ...(cursor === undefined ? {} : { cursor }),
        ...(owner === undefined ? {} : { owner }),
      })
      return { suites: suites.map(suiteSummary), next: suites.length < limit ? null : (suites.at(-1)?.id ?? null) }
    },
  })

  app.route({
    ...routeOf(OPERATIONS.getSuite),
    async handler(request) {
      const suite = await visibleSuite(store, callerOf(request), request.params.suite)
      const commits = await store.suites.countCommits(suite.id)
      const report = await readReport(store, suite.id, { results: false, tests: testsPerCommit(commits) })
      return {
        ...report,
        commits: withinBounds(report.commits),
        request: { ...suite.spec },
        lastEvent: await store.events.lastSeq(suite.id),
      }
    },
  })

  app.route({
    ...routeOf(OPERATIONS.listTests),
    async handler(request) {
      return await listTests(store, await visibleSuite(store, callerOf(request), request.params.suite), request.query)
    },
  })

  const steer = async (caller: Caller, id: string, act: () => Promise<void>) => {
    await visibleSuite(store, caller, id)
    await act()
    return { suite: id, status: await statusOf(id) }
  }
  const statusOf = async (id: string): Promise<SuiteStatus> => (await store.suites.get(id))?.status ?? 'cancelled'

  app.route({
    ...routeOf(OPERATIONS.cancelSuite),
    async handler(request, reply) {
      const { suite } = request.params
      reply.code(202)
      return await steer(callerOf(request), suite, () => control.cancel(suite))
    },
  })
  app.route({
    ...routeOf(OPERATIONS.pauseSuite),
    async handler(request, reply) {
      const { suite } = request.params
      reply.code(202)
      return await steer(callerOf(request), suite, () => control.pause(suite, request.body?.note))
    },
  })
  app.route({
    ...routeOf(OPERATIONS.resumeSuite),
    async handler(request, reply) {
      const { suite } = request.params
      reply.code(202)
      return await steer(callerOf(request), suite, () => control.resume(suite))
    },
  })
  app.route({
    ...routeOf(OPERATIONS.extendSuite),
    async handler(request, reply) {
      const { suite } = request.params
      await visibleSuite(store, callerOf(request), suite)
      const { extension: number, joined } = await control.extend(suite, request.body)
      reply.code(202)
      return { suite, status: await statusOf(suite), number, joined }
    },
  })
}
