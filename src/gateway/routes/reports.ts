import { Readable } from 'node:stream'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { OPERATIONS } from '../../contract/http/operations.ts'
import { DOCUMENTS, type Render } from '../../report/formats.ts'
import { REPORT_PAGE_POLICY } from '../../report/html.ts'
import { reportCommits, reportHead } from '../../store/report.ts'
import type { GatewayDeps } from '../deps.ts'
import { callerOf, routeOf } from './route-of.ts'
import { visibleSuite } from './visible.ts'

/** A report in each of its forms, commit by commit as it is read. */
export const reportRoutes: FastifyPluginAsyncZod<GatewayDeps> = async (app, { store }) => {
  const forms = [
    [OPERATIONS.reportXml, DOCUMENTS.junit],
    [OPERATIONS.reportMarkdown, DOCUMENTS.markdown],
    [OPERATIONS.reportJson, DOCUMENTS.json],
    [OPERATIONS.reportHtml, DOCUMENTS.html],
  ] as const satisfies (readonly [object, Render])[]
  for (const [operation, render] of forms) {
    app.route({
      ...routeOf(operation),
      async handler(request, reply) {
        const suite = await visibleSuite(store, callerOf(request), request.params.suite)
        const pieces = render(reportHead(suite), reportCommits(store, suite, { results: true }))
        if (operation.stream === 'text/html') reply.header('Content-Security-Policy', REPORT_PAGE_POLICY)
        reply.header('Cache-Control', 'no-store').type(`${operation.stream}; charset=utf-8`)
        return reply.send(Readable.from(pieces, { objectMode: false }))
      },
    })
  }
}
