import type { V1Container, V1Pod, V1PodSpec } from '@kubernetes/client-node'
import { buildPod, type PodRequest } from '../../../src/executors/kubernetes/manifest/build-pod.ts'
import { manifestSchema } from '../../../src/frameworks/template/pod-template.ts'
import type { PodTemplate, Template } from '../../../src/frameworks/templates.ts'

export const manifest = (spec: object, metadata: object = {}): PodTemplate =>
  manifestSchema.parse({ apiVersion: 'v1', kind: 'Pod', metadata, spec })

export const template = (own: Partial<Template> = {}): Template => ({
  name: 'mine',
  description: '',
  frameworks: [],
  reports: [],
  artifacts: [],
  env: {},
  image: 'template:1',
  resources: { requests: {}, limits: {} },
  pod: undefined,
  folder: '/templates/mine',
  ...own,
})

const LABELS = { 'app.kubernetes.io/managed-by': 'commit-suite', 'commit-suite/suite': 's1' }

export function request(own: Partial<PodRequest> = {}): PodRequest {
  return {
    name: 's1-abc-0',
    namespace: 'cs-s1-abc',
    role: 'run',
    template: template(),
    labels: LABELS,
    annotations: { 'commit-suite/run': 's1-abc-0' },
    limits: {},
    boot: ['sh', '/boot'],
    imagePullSecrets: [],
    ...own,
  }
}

/** The parts of a pod that is there for sure. */
export function parts(pod: V1Pod, container = 'test'): { spec: V1PodSpec; test: V1Container } {
  const test = pod.spec?.containers.find(({ name }) => name === container)
  if (pod.spec === undefined || test === undefined) throw new Error(`no container ${container}`)
  return { spec: pod.spec, test }
}

/** The pod of a manifest's spec. */
export const built = (spec: object, own: Partial<PodRequest> = {}, container?: string) =>
  parts(buildPod(request({ template: template({ pod: manifest(spec) }), ...own })), container)
