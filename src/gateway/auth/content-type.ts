import type { FastifyRequest } from 'fastify'
import { invalidInput } from '../../contract/index.ts'

const WRITES = new Set(['POST', 'PUT', 'PATCH'])

/**
 * Writes come as JSON, with or without a body: what a form of another page can send needs no leave of the browser's,
 * and JSON does. Throws `media_type_not_supported`.
 */
export function requireJson({ method, headers }: FastifyRequest): void {
  const type = headers['content-type']
  if (!WRITES.has(method) || /^application\/json *(;|$)/i.test(type ?? '')) return
  const remedy = 'Send "Content-Type: application/json".'
  throw invalidInput('Content-Type', type ?? null, 'a write needs JSON', remedy, 'media_type_not_supported')
}
