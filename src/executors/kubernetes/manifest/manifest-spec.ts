import { loadYaml, type V1Pod, type V1PodSpec } from '@kubernetes/client-node'
import type { Template } from '../../../frameworks/templates.ts'
import { testContainer } from './test-container.ts'

/** The pod that a template's manifest asks for, a copy to change; one empty container where it has no manifest. */
export function manifestSpec(template: Template): V1PodSpec {
  const spec = template.pod?.spec ?? { containers: [{ name: testContainer(template) }] }
  const pod = loadYaml<V1Pod>(JSON.stringify({ apiVersion: 'v1', kind: 'Pod', spec }))
  return pod.spec ?? { containers: [] }
}
