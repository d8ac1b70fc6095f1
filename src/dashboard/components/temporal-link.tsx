import { about } from '../api/session.ts'

/** To a workflow in the Temporal Web UI, where there is one. */
export function TemporalLink({ workflow, children }: { workflow: string; children: string }) {
  const known = about.value
  if (known === null || known.temporalUi === null) return null
  const { temporalUi, namespace } = known
  const address = `${temporalUi}/namespaces/${encodeURIComponent(namespace)}/workflows/${encodeURIComponent(workflow)}`
  return (
    <a href={address} target="_blank" rel="noreferrer">
      {children}
    </a>
  )
}
