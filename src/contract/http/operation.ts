import type { z } from 'zod'
import type { ErrorCode } from '../errors.ts'
import type { Role } from '../keys.ts'

/**
 * One call of the gateway. Routes, the OpenAPI document and the client are all made from these, so that none of them
 * can say something else than the others.
 */
export interface Operation {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  /** `:name` stands for a parameter, `*` for the rest of a path. */
  url: string
  summary: string
  tag: string
  /** What a key must be allowed; null where none is needed. */
  role: Role | null
  /** What comes in, and what goes out by status. */
  schema: {
    params?: z.ZodObject
    querystring?: z.ZodObject
    headers?: z.ZodObject
    body?: z.ZodType
    response?: Partial<Record<200 | 201 | 202 | 204, z.ZodType>>
  }
  /** A write that may be sent again: the second time it changes nothing and answers the same. Reads always may. */
  repeatable?: true
  /** Media type of an answer that is streamed instead. */
  stream?: string
  /** What can go wrong beyond what every call can (`COMMON_ERRORS`). */
  errors: readonly ErrorCode[]
}

/** Every call may end with these. */
export const COMMON_ERRORS = [
  'invalid_input',
  'unauthorized',
  'forbidden',
  'origin_not_allowed',
  'rate_limited',
  'store_unavailable',
  'draining',
  'internal',
] as const satisfies readonly ErrorCode[]

/** Keeps the exact type of an operation, which routes and the client are inferred from. */
export const operation = <const T extends Operation>(described: T): T => described

type InputOf<S, K extends string> = S extends { [key in K]: infer P extends z.ZodType } ? z.input<P> : undefined

/** What a client passes to an operation; what it has no schema for is left out. */
export interface OperationInput<O extends Operation> {
  params: InputOf<O['schema'], 'params'>
  query: InputOf<O['schema'], 'querystring'>
  headers: InputOf<O['schema'], 'headers'>
  body: InputOf<O['schema'], 'body'>
}

type Answer<R> = R[keyof R] extends infer S extends z.ZodType ? z.output<S> : never

/** What an operation answers as JSON; undefined where it answers nothing. */
export type OperationOutput<O extends Operation> = O['schema'] extends { response: infer R } ? Answer<R> : undefined
