import type { V1ServiceAccount } from '@kubernetes/client-node'
import type { Described } from './apply.ts'

/**
 * What pods run as: without token and without any rights. Image pull secrets go by name only; their values are never
 * read or copied, so secrets of these names must come into the namespace by the cluster's own means (a replicating
 * controller, an admission webhook). A name without a secret is ignored by the kubelet.
 *
 * MAINTENANCE: the manifest of pods (manifest/overlay-spec.ts) names it.
 */
export const serviceAccount = (imagePullSecrets: readonly string[]): Described<V1ServiceAccount> => ({
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: { name: 'commit-suite-runs' },
  automountServiceAccountToken: false,
  imagePullSecrets: imagePullSecrets.map((name) => ({ name })),
})
