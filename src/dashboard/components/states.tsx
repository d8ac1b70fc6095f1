import type { ComponentChildren } from 'preact'
import type { ApiError } from '../api/api-error.ts'
import type { Resource } from '../api/use-resource.ts'

/** Something is on its way. */
export const Loading = ({ what = 'Loading' }: { what?: string }) => (
  <p class="state loading" role="status">
    <span class="spinner" aria-hidden="true" />
    {what}…
  </p>
)

/** There is nothing yet, and what one can do about it. */
export const Empty = ({ title, children }: { title: string; children?: ComponentChildren }) => (
  <div class="state empty">
    <p class="state-title">{title}</p>
    {children}
  </div>
)

/** What went wrong, in the words of the gateway, and a way to try again. */
export const Failure = ({ error, onRetry }: { error: ApiError; onRetry?: (() => void) | undefined }) => (
  <div class="state failure" role="alert">
    <p class="state-title">{error.message}</p>
    {error.remedy === undefined || error.message.includes(error.remedy) ? null : <p>{error.remedy}</p>}
    <p class="quiet">
      <code>{error.code}</code>
      {error.requestId === undefined ? null : ` · request ${error.requestId}`}
    </p>
    {onRetry === undefined ? null : (
      <button type="button" onClick={onRetry}>
        Try again
      </button>
    )}
  </div>
)

interface LoadedProps<T> {
  resource: Resource<T>
  /** What is loaded, for people: `Loading suites`. */
  what?: string
  children: (data: T) => ComponentChildren
}

/** The content once it is there; what went wrong with a later try stands above it. */
export function Loaded<T>({ resource, what, children }: LoadedProps<T>) {
  const { data, error, reload } = resource
  if (data === undefined) {
    return error === undefined ? (
      <Loading {...(what === undefined ? {} : { what })} />
    ) : (
      <Failure error={error} onRetry={reload} />
    )
  }
  return (
    <>
      {error === undefined || error.status === 0 ? null : <Failure error={error} onRetry={reload} />}
      {children(data)}
    </>
  )
}
