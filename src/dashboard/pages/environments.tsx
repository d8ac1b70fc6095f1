import type { ComponentChildren } from 'preact'
import type { EnvironmentPlace } from '../../contract/http/environments.ts'
import { ApiError } from '../api/api-error.ts'
import { type Answer, getJson } from '../api/request.ts'
import { useResource } from '../api/use-resource.ts'
import { Page } from '../components/page.tsx'
import { Empty, Failure, Loaded } from '../components/states.tsx'
import { EnvironmentsTable } from '../environments/table.tsx'

const EVERY_MS = 10_000

/** What exists, its age, its cost. */
export default function EnvironmentsPage() {
  const environments = useResource(
    (signal) => getJson<Answer<'listEnvironments'>>('/v1/environments?place=all', { signal }),
    [],
    { everyMs: EVERY_MS },
  )
  const { reload } = environments
  return (
    <Page title="Environments">
      <Loaded resource={environments} what="Loading environments">
        {(found) => (
          <>
            <Place place="cluster" title="In the cluster" {...{ found, reload }}>
              <p>Suites on Kubernetes make one for each commit that they test.</p>
            </Place>
            <Place place="local" title="On the gateway's machine" {...{ found, reload }}>
              <p>
                Workspaces that <code>--keep failed</code> or <code>--keep always</code> leave, and sessions, are listed
                here.
              </p>
            </Place>
          </>
        )}
      </Loaded>
    </Page>
  )
}

interface PlaceProps {
  place: EnvironmentPlace
  title: string
  found: Answer<'listEnvironments'>
  reload(): void
  /** What would be here. */
  children: ComponentChildren
}

const Place = ({ place, title, found, reload, children }: PlaceProps) => (
  <section class="part">
    <h2>{title}</h2>
    <Found {...{ place, found, reload }}>{children}</Found>
  </section>
)

function Found({ place, found, reload, children }: Omit<PlaceProps, 'title'>) {
  const missed = found.unreached.find((one) => one.place === place)
  if (missed?.code === 'cluster_invalid') {
    return (
      <Empty title="No cluster is configured.">
        <p>{missed.detail}</p>
      </Empty>
    )
  }
  if (missed !== undefined) return <Failure error={new ApiError(0, missed.code, missed.detail)} onRetry={reload} />
  const here = found.environments.filter((one) => one.place === place)
  if (here.length === 0) return <Empty title="There is none.">{children}</Empty>
  return <EnvironmentsTable environments={here} place={place} onRemoved={reload} />
}
