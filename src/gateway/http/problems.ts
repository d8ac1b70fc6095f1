import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { PROBLEM_TYPE, problemOf } from '../../contract/http/problem.ts'
import { CommitSuiteError, invalidInput } from '../../contract/index.ts'
import { temporalAway } from './temporal-away.ts'

/** Sends a problem document in place of an answer. */
function sendProblem(request: FastifyRequest, reply: FastifyReply, error: CommitSuiteError): FastifyReply {
  const problem = problemOf(error, request.id)
  if (error.code === 'unauthorized') reply.header('WWW-Authenticate', 'Bearer')
  if (problem.status === 503 && !reply.hasHeader('Retry-After')) reply.header('Retry-After', '1')
  // An upgrade that is refused leaves a socket behind that the server no longer counts among its own.
  if (request.headers.upgrade !== undefined) {
    reply.header('Connection', 'close').raw.once('finish', () => request.raw.socket.destroySoon())
  }
  return reply.code(problem.status).type(PROBLEM_TYPE).serializer(JSON.stringify).send(problem)
}

/** Every error leaves as a problem document; what nobody expected is logged and says nothing of our insides. */
export function answerWithProblems(app: FastifyInstance): void {
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    const known = knownError(error, request)
    if (known !== undefined) return sendProblem(request, reply, known)
    request.log.error({ err: error }, 'request failed')
    const message = 'Something unexpected happened in the gateway; its log says more under the id of the request.'
    return sendProblem(request, reply, new CommitSuiteError('internal', message))
  })
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?', 1)[0] ?? ''
    const said = invalidInput('path', path, `no ${request.method} call has it`, 'See /docs.', 'route_not_found')
    return sendProblem(request, reply, said)
  })
}

function knownError(error: FastifyError, { headers, body }: FastifyRequest): CommitSuiteError | undefined {
  if (error instanceof CommitSuiteError) return error
  const away = temporalAway(error)
  if (away !== undefined) return away
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    const length = headers['content-length'] ?? null
    return invalidInput('body', length, 'is larger than this call takes, in bytes', undefined, 'body_too_large')
  }
  if (error.code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') {
    const type = headers['content-type'] ?? null
    return invalidInput('Content-Type', type, 'must be application/json', undefined, 'media_type_not_supported')
  }
  const status = error.statusCode ?? 500
  if (status < 400 || status >= 500) return undefined
  // Malformed JSON, URLs and the like: the framework's own words name no value of ours.
  return invalidInput('request', typeof body === 'string' ? body : null, error.message)
}
