import type { Client } from '../../client/client.ts'
import type { OutputOptions, OutputPiece, OutputStream } from '../site/site.ts'

/** One stream after the other; of a run that is followed, pieces of both as they come. */
export async function* runOutput(client: Client, run: string, options: OutputOptions): AsyncGenerator<OutputPiece> {
  const { streams, follow, try: number } = options
  const opened = streams.map((stream) => pieces(client, run, stream, { follow, try: number }))
  if (follow) yield* asTheyCome(opened)
  else for (const stream of opened) yield* stream
}

async function* pieces(
  client: Client,
  run: string,
  stream: OutputStream,
  options: { follow: boolean; try: number | undefined },
): AsyncGenerator<OutputPiece> {
  for await (const bytes of client.log(run, { stream, ...options })) yield { stream, bytes }
}

async function* asTheyCome<T>(sources: readonly AsyncGenerator<T>[]): AsyncGenerator<T> {
  const ask = async (source: AsyncGenerator<T>) => ({ source, item: await source.next() })
  const asked = new Map(sources.map((source) => [source, ask(source)]))
  try {
    while (asked.size > 0) {
      const { source, item } = await Promise.race(asked.values())
      if (item.done === true) asked.delete(source)
      else {
        yield item.value
        asked.set(source, ask(source))
      }
    }
  } finally {
    for (const answer of asked.values()) answer.catch(() => undefined)
  }
}
