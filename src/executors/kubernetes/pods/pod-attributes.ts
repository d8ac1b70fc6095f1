/** A pod in a trace, by the names of OpenTelemetry's conventions. */
export const podAttributes = ({ namespace, name }: { namespace: string; name: string }) => ({
  'k8s.namespace.name': namespace,
  'k8s.pod.name': name,
})
