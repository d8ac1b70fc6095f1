import type { Operation, OperationInput, OperationOutput } from '../contract/http/operation.ts'
import { OPERATIONS, type Operations } from '../contract/http/operations.ts'
import type { Input } from './request.ts'
import type { CallOptions, Transport } from './transport.ts'

type Nothing = Record<never, never>

/** Parts of an input that cannot be left out, and those that can. */
type Needed<I> = { [K in keyof I as undefined extends I[K] ? never : Nothing extends I[K] ? never : K]: I[K] }
type Spare<I> = {
  [K in keyof I as [I[K]] extends [undefined] ? never : undefined extends I[K] ? K : Nothing extends I[K] ? K : never]?:
    | I[K]
    | undefined
}
type Given<O extends Operation> = Needed<OperationInput<O>> & Spare<OperationInput<O>>

type Arguments<O extends Operation> =
  Nothing extends Given<O> ? [input?: Given<O>, options?: CallOptions] : [input: Given<O>, options?: CallOptions]

/** The answer as its schema has it; of an operation that streams, the response as soon as it has begun. */
type Answer<O extends Operation> = O extends { stream: string } ? Response : OperationOutput<O>

/** One method for each operation of the gateway. They throw `CommitSuiteError`. */
export type Calls = {
  [N in keyof Operations]: (...given: Arguments<Operations[N]>) => Promise<Answer<Operations[N]>>
}

/** Made from the one table: what each takes and gives follows from the schemas that parse it. */
export function callsOf(transport: Transport): Calls
export function callsOf(transport: Transport): Record<string, unknown> {
  const call = (operation: Operation) => (input?: Input, options?: CallOptions) =>
    operation.stream === undefined
      ? transport.call(operation, input, options)
      : transport.open(operation, input, options)
  return Object.fromEntries(Object.entries(OPERATIONS).map(([name, operation]) => [name, call(operation)]))
}
