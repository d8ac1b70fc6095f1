import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { OPERATIONS } from '../../contract/http/operations.ts'
import type { RunDocument } from '../../contract/http/suites.ts'
import { invalidInput, type RunKey, type RunResult } from '../../contract/index.ts'
import type { FoundRun } from '../../store/find-run.ts'
import { reportedRun } from '../../store/report.ts'
import { readRunTests } from '../../store/tests/run-tests.ts'
import type { GatewayDeps } from '../deps.ts'
import { listRuns } from './list-runs.ts'
import { callerOf, routeOf } from './route-of.ts'
import { visibleRun, visibleSuite } from './visible.ts'

const MOST_TESTS = 1_000

const runDocument = (result: RunResult): RunDocument => ({
  ...reportedRun(result),
  suite: result.suite,
  sha: result.sha,
  generation: result.generation,
  startedAt: result.startedAt,
})

export const keyOf = ({ parsed, sha }: FoundRun): RunKey => ({
  suite: parsed.suite,
  sha,
  attempt: parsed.attempt,
  generation: parsed.generation,
})

/** Single runs and what they left behind. */
export const runRoutes: FastifyPluginAsyncZod<GatewayDeps> = async (app, { store }) => {
  app.route({
    ...routeOf(OPERATIONS.listRuns),
    async handler(request) {
      const { id } = await visibleSuite(store, callerOf(request), request.params.suite)
      const { runs, next } = await listRuns(store, id, request.query)
      return { runs: runs.map(runDocument), next }
    },
  })

  app.route({
    ...routeOf(OPERATIONS.getRun),
    async handler(request) {
      const found = await visibleRun(store, callerOf(request), request.params.run)
      const result = await store.results.get(keyOf(found))
      if (result !== undefined) return runDocument(result)
      const remedy = 'Its events say how far it is.'
      throw invalidInput('run', request.params.run, 'has no result yet', remedy, 'run_not_found')
    },
  })

  app.route({
    ...routeOf(OPERATIONS.describeRun),
    async handler(request) {
      const found = await visibleRun(store, callerOf(request), request.params.run)
      const { id: run, sha, subject, seed, suite } = found
      const { attempt, generation } = found.parsed
      const { outcome = null, reason = null } = (await store.results.get(keyOf(found))) ?? {}
      const ended = { outcome, reason }
      return { run, suite: suite.id, sha, subject, attempt, generation, seed, ...ended, request: { ...suite.spec } }
    },
  })

  app.route({
    ...routeOf(OPERATIONS.listRunSteps),
    async handler(request) {
      const { id: run, sha, suite } = await visibleRun(store, callerOf(request), request.params.run)
      return { run, steps: await store.events.about(suite.id, [sha, run]) }
    },
  })

  app.route({
    ...routeOf(OPERATIONS.listRunTests),
    async handler(request) {
      const found = await visibleRun(store, callerOf(request), request.params.run)
      const known = await readRunTests(store, keyOf(found))
      const { tests = [], outsideTests = [] } = known ?? {}
      const count = (outcome: string): number => tests.filter((test) => test.outcome === outcome).length
      const counts = { failed: count('failed'), passed: count('passed'), skipped: count('skipped') }
      const listed = tests.slice(0, MOST_TESTS)
      return { run: found.id, reported: known !== undefined, ...counts, tests: listed, outsideTests }
    },
  })

  app.route({
    ...routeOf(OPERATIONS.readArtifact),
    async handler(request, reply) {
      const { run, '*': name } = request.params
      const found = await store.artifacts.open(keyOf(await visibleRun(store, callerOf(request), run)), name)
      if (found === undefined) {
        throw invalidInput('artifact', name, 'the run left no such artifact', undefined, 'artifact_not_found')
      }
      // Whatever it says it is, a browser is to store it and not to show it.
      reply.header('Content-Disposition', 'attachment').header('Cache-Control', 'no-store')
      return reply.type('application/octet-stream').header('Content-Length', found.sizeBytes).send(found.body)
    },
  })
}
