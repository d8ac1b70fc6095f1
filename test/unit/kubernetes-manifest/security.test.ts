import { expect, test } from 'vitest'
import { buildPod } from '../../../src/executors/kubernetes/manifest/build-pod.ts'
import { built, parts, request } from './fixture.ts'

test('a silent manifest gets all that the restricted standard asks for, in every container', () => {
  const { spec } = built({ containers: [{ name: 'test' }, { name: 'db' }], initContainers: [{ name: 'init' }] })
  expect(spec.securityContext).toEqual({
    runAsNonRoot: true,
    runAsUser: 1000,
    runAsGroup: 1000,
    fsGroup: 1000,
    seccompProfile: { type: 'RuntimeDefault' },
  })
  for (const { securityContext } of [...spec.containers, ...(spec.initContainers ?? [])]) {
    expect(securityContext).toMatchObject({ allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } })
  }
})

test('the root of the tests is read-only unless the manifest says otherwise', () => {
  expect(parts(buildPod(request())).test.securityContext?.readOnlyRootFilesystem).toBe(true)
  const own = { containers: [{ name: 'test', securityContext: { readOnlyRootFilesystem: false } }] }
  expect(built(own).test.securityContext?.readOnlyRootFilesystem).toBe(false)
})

test('what the manifest sets stays, for the API server to judge', () => {
  const { spec, test: container } = built({
    securityContext: { runAsUser: 0, runAsGroup: 70, runAsNonRoot: false, supplementalGroups: [5] },
    containers: [
      { name: 'test', securityContext: { privileged: true, capabilities: { add: ['SYS_PTRACE'] } } },
      { name: 'db', securityContext: { capabilities: { drop: ['NET_RAW'] } } },
    ],
    volumes: [{ name: 'v', hostPath: { path: '/' } }],
  })
  expect(spec.securityContext).toEqual({
    runAsUser: 0,
    runAsGroup: 70,
    fsGroup: 70,
    runAsNonRoot: false,
    supplementalGroups: [5],
    seccompProfile: { type: 'RuntimeDefault' },
  })
  expect(container.securityContext).toEqual({
    privileged: true,
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'], add: ['SYS_PTRACE'] },
  })
  expect(spec.containers[1]?.securityContext?.capabilities).toEqual({ drop: ['NET_RAW'] })
  expect(spec.volumes?.[0]).toEqual({ name: 'v', hostPath: { path: '/' } })
})
