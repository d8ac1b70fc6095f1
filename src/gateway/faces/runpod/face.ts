import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify'
import { CommitSuiteError, ERRORS } from '../../../contract/index.ts'
import { jobCursor } from '../../../store/stream-cursors.ts'
import { Turns } from '../../turns.ts'
import { Cancellations } from './cancellations.ts'
import type { RunpodDeps } from './deps.ts'
import { health, purgeQueue } from './endpoint-jobs.ts'
import { cursorOfJob, findJob, type JobAddress } from './find-job.ts'
import { jobRequest } from './input.ts'
import { jobDocument, jobStatus } from './job-document.ts'
import { rowsAfter, type StreamDocument, wasSent } from './stream.ts'
import { untilAdmitted, untilEnded } from './wait.ts'

const ADMISSION_MS = 2000
const WAIT_MS = 90_000

interface AtEndpoint {
  Params: { endpoint: string }
}
interface OfJob {
  Params: { endpoint: string; id: string }
}

/** The clients of this face have their own documents. */
const HIDDEN = { hide: true } as const
const reads = () => ({
  method: ['GET', 'POST'] satisfies HTTPMethods[],
  schema: HIDDEN,
  config: { role: 'read' as const },
})
const writes = () => ({ method: 'POST' as const, schema: HIDDEN, config: { role: 'run' as const } })

/**
 * Serverless flaky-test jobs, as the public RunPod SDK calls them: to be registered with the prefix `/v2`. Errors are
 * `{"error": "…"}`, not problem documents.
 */
export const runpodFace = (deps: RunpodDeps): FastifyPluginAsync => {
  const jobs = new JobCalls(deps)
  return async (app) => {
    answerWithErrors(app)
    app.route<AtEndpoint>({ ...writes(), url: '/:endpoint/run', handler: (request) => jobs.run(request) })
    app.route<AtEndpoint>({
      ...writes(),
      url: '/:endpoint/runsync',
      handler: (request, reply) => jobs.runSync(request, reply),
    })
    app.route<OfJob>({ ...reads(), url: '/:endpoint/status/:id', handler: (request) => jobs.status(request) })
    app.route<OfJob>({
      ...reads(),
      url: '/:endpoint/stream/:id',
      handler: (request, reply) => jobs.stream(request, reply),
    })
    app.route<OfJob>({ ...writes(), url: '/:endpoint/cancel/:id', handler: (request) => jobs.cancel(request) })
    app.route<AtEndpoint>({ ...writes(), url: '/:endpoint/purge-queue', handler: (request) => jobs.purge(request) })
    app.route<AtEndpoint>({ ...reads(), url: '/:endpoint/health', handler: (request) => jobs.health(request) })
  }
}

class JobCalls {
  readonly #deps: RunpodDeps
  readonly #cancellations: Cancellations
  readonly #turns = new Turns()

  constructor(deps: RunpodDeps) {
    this.#deps = deps
    this.#cancellations = new Cancellations(deps)
  }

  async run(request: FastifyRequest<AtEndpoint>) {
    return { id: await this.#start(request), status: 'IN_QUEUE' }
  }

  async runSync(request: FastifyRequest<AtEndpoint>, reply: FastifyReply) {
    const { store, signal, waitMs = WAIT_MS } = this.#deps
    const id = await this.#start(request)
    const gone = new AbortController()
    reply.raw.once('close', () => gone.abort())
    await untilEnded(store, id, waitMs, AbortSignal.any([signal, gone.signal]))
    return await jobDocument(this.#deps, this.#cancellations, { id, suite: await store.suites.get(id) })
  }

  async status(request: FastifyRequest<OfJob>) {
    return await jobDocument(this.#deps, this.#cancellations, await findJob(this.#deps, this.#address(request)))
  }

  /** The cursor moves when the reply has gone out: what a client never got, it is sent again. */
  async stream(request: FastifyRequest<OfJob>, reply: FastifyReply): Promise<StreamDocument> {
    const address = this.#address(request)
    const job = await findJob(this.#deps, address)
    if (job.suite === undefined) return { status: await jobStatus(this.#deps, this.#cancellations, job), stream: [] }
    const cursor = cursorOfJob(job, address)
    const { promise, resolve, reject } = Promise.withResolvers<StreamDocument>()
    // One reply after the other: two readers at once would get the same rows.
    this.#turns
      .take(cursor, async () => {
        const { document, from, to } = await this.#nextRows(job.id, cursor)
        resolve(document)
        if ((await wasSent(reply)) && to > from) await this.#deps.cursors.advance(cursor, from, to)
      })
      .catch((error: unknown) => {
        request.log.warn({ err: error }, 'the rows of a job were not handed out')
        reject(error)
      })
    return await promise
  }

  async cancel(request: FastifyRequest<OfJob>) {
    const job = await findJob(this.#deps, this.#address(request))
    await this.#cancellations.ask(job)
    return { id: job.id, status: await jobStatus(this.#deps, this.#cancellations, job) }
  }

  async purge(request: FastifyRequest<AtEndpoint>) {
    return await purgeQueue(this.#deps, this.#cancellations, this.#place(request))
  }

  async health(request: FastifyRequest<AtEndpoint>) {
    return await health(this.#deps, this.#place(request))
  }

  #place(request: FastifyRequest<AtEndpoint>) {
    return { endpoint: request.params.endpoint, caller: this.#deps.callerOf(request) }
  }

  #address(request: FastifyRequest<OfJob>): JobAddress {
    return { ...request.params, caller: this.#deps.callerOf(request) }
  }

  /** Once it is accepted a job is known to its owner, whether a worker is there to put it on record or not. */
  async #start(request: FastifyRequest<AtEndpoint>): Promise<string> {
    const { cursors, control, store, signal, executor, admissionMs = ADMISSION_MS } = this.#deps
    const { endpoint } = request.params
    const { key } = this.#deps.callerOf(request)
    const suite = jobRequest(request.body, { endpoint, key, executor })
    await this.#deps.startSuite(request, suite)
    await cursors.open(jobCursor({ id: suite.id, endpoint, owner: key }))
    let refusal: CommitSuiteError | undefined
    const isKnown = async () => {
      if ((await store.suites.get(suite.id)) !== undefined) return true
      refusal = await control.failureOf(suite.id)
      return refusal !== undefined
    }
    await untilAdmitted(isKnown, admissionMs, signal)
    if (refusal !== undefined) throw refusal
    return suite.id
  }

  async #nextRows(id: string, cursor: string) {
    const { store, cursors } = this.#deps
    const from = (await cursors.get(cursor)) ?? 0
    // Read before the rows: a final state then means that all rows were there.
    const suite = await store.suites.get(id)
    const status = await jobStatus(this.#deps, this.#cancellations, { id, suite })
    const { rows, position } = suite === undefined ? { rows: [], position: from } : await rowsAfter(store, suite, from)
    const document: StreamDocument = { status, stream: rows.map((output) => ({ output })) }
    return { document, from, to: position }
  }
}

function answerWithErrors(app: FastifyInstance): void {
  app.setErrorHandler((error, request, reply) => {
    if (error instanceof CommitSuiteError) {
      return reply.status(ERRORS[error.code].status).send({ error: error.message })
    }
    const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500
    if (status >= 400 && status < 500 && error instanceof Error)
      return reply.status(status).send({ error: error.message })
    request.log.error({ err: error }, 'request failed')
    return reply.status(500).send({ error: 'Something unexpected happened in the gateway; its log says more.' })
  })
  app.setNotFoundHandler((request, reply) =>
    reply.status(404).send({ error: `${request.method} ${request.url.split('?', 1)[0]}: no such call` }),
  )
}
