import type { V1Namespace } from '@kubernetes/client-node'

/** What keeps a namespace from going, in the words of the API server: finalizers, and what is left in it. */
export function heldBy({ metadata, spec, status }: V1Namespace): string[] {
  const finalizers = [...(metadata?.finalizers ?? []), ...(spec?.finalizers ?? [])]
  // All conditions of a namespace are about its deletion, and true where something is left to do.
  const conditions = (status?.conditions ?? []).filter((condition) => condition.status === 'True')
  return [
    ...finalizers.map((finalizer) => `finalizer ${finalizer} of the namespace`),
    ...conditions.map(({ type, message, reason }) => message ?? reason ?? type),
  ]
}
