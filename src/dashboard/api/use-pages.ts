import { useState } from 'preact/hooks'
import { type Resource, useResource } from './use-resource.ts'

export interface Paged<T> {
  items: T[]
  next: string | null
}

/** What is shown of a list, from its beginning. */
export interface Pages<T> extends Resource<Paged<T>> {
  /** Shows one page more. */
  more(): void
}

/**
 * A list that is read page by page. Asked again, with `everyMs` again and again, all pages that are shown are read, so
 * that what is new at the beginning moves nothing out of order.
 */
export function usePages<T>(
  load: (cursor: string | undefined, signal: AbortSignal) => Promise<Paged<T>>,
  inputs: readonly (string | number | boolean | null | undefined)[],
  options: { everyMs?: number } = {},
): Pages<T> {
  const [shown, setShown] = useState({ key: '', pages: 1 })
  const key = JSON.stringify(inputs)
  const pages = shown.key === key ? shown.pages : 1
  const resource = useResource((signal) => readPages(load, pages, signal), inputs, { ...options, version: pages })
  return { ...resource, more: () => setShown({ key, pages: pages + 1 }) }
}

async function readPages<T>(
  load: (cursor: string | undefined, signal: AbortSignal) => Promise<Paged<T>>,
  pages: number,
  signal: AbortSignal,
): Promise<Paged<T>> {
  const items: T[] = []
  let cursor: string | undefined
  for (let page = 0; page < pages; page++) {
    const { items: found, next } = await load(cursor, signal)
    items.push(...found)
    if (next === null) return { items, next }
    cursor = next
  }
  return { items, next: cursor ?? null }
}
