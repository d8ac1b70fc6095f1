import type { V1NetworkPolicy, V1NetworkPolicyEgressRule } from '@kubernetes/client-node'
import { KEYS } from '../names.ts'
import type { Described } from './apply.ts'
import type { EgressPolicy } from './egress.ts'

/** IANA's special-purpose registries: private, shared, loopback, link-local (cloud metadata), multicast, reserved. */
const NOT_PUBLIC_4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '224.0.0.0/4',
  '240.0.0.0/4',
]
/** With 64:ff9b::/96 and 2002::/16, by which a gateway would reach any IPv4 address. */
const NOT_PUBLIC_6 = ['::/127', '64:ff9b::/96', '2002::/16', 'fc00::/7', 'fe80::/10', 'ff00::/8']

/** Nothing goes in or out of any pod, unless another policy lets it. */
export const denyAll = (): Described<V1NetworkPolicy> => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'commit-suite-deny-all' },
  // Empty lists are said, so that rules which somebody added go.
  spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'], ingress: [], egress: [] },
})

/** What pods that run a set-up may connect to; nothing where the list is empty. */
export const setUpEgress = (policy: EgressPolicy): Described<V1NetworkPolicy> => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'commit-suite-set-up' },
  spec: {
    podSelector: { matchLabels: { [KEYS.role]: 'prepare' } },
    policyTypes: ['Egress'],
    egress: policy === 'none' ? [] : [clusterDns(), wayOut(policy)],
  },
})

const clusterDns = (): V1NetworkPolicyEgressRule => ({
  to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } } }],
  ports: ['UDP', 'TCP'].map((protocol) => ({ protocol, port: 53 })),
})

function wayOut(policy: Exclude<EgressPolicy, 'none'>): V1NetworkPolicyEgressRule {
  if (policy === 'internet') {
    return {
      to: [
        { ipBlock: { cidr: '0.0.0.0/0', except: NOT_PUBLIC_4 } },
        { ipBlock: { cidr: '::/0', except: NOT_PUBLIC_6 } },
      ],
    }
  }
  const { cidrs, ports } = policy
  return {
    to: cidrs.map((cidr) => ({ ipBlock: { cidr } })),
    ...(ports && { ports: ports.map((port) => ({ protocol: 'TCP', port })) }),
  }
}
