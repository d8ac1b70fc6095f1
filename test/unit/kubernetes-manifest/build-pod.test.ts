import { expect, test } from 'vitest'
import { buildPod } from '../../../src/executors/kubernetes/manifest/build-pod.ts'
import { testContainer } from '../../../src/executors/kubernetes/manifest/test-container.ts'
import { built, manifest, parts, request, template } from './fixture.ts'

test('without a manifest, a pod is made from the image alone', () => {
  expect(buildPod(request())).toMatchInlineSnapshot(`
    {
      "apiVersion": "v1",
      "kind": "Pod",
      "metadata": {
        "annotations": {
          "commit-suite/run": "s1-abc-0",
        },
        "labels": {
          "app.kubernetes.io/managed-by": "commit-suite",
          "commit-suite/role": "run",
          "commit-suite/suite": "s1",
        },
        "name": "s1-abc-0",
        "namespace": "cs-s1-abc",
      },
      "spec": {
        "automountServiceAccountToken": false,
        "containers": [
          {
            "command": [
              "sh",
              "/boot",
            ],
            "image": "template:1",
            "imagePullPolicy": "IfNotPresent",
            "name": "test",
            "resources": {
              "limits": {},
              "requests": {},
            },
            "securityContext": {
              "allowPrivilegeEscalation": false,
              "capabilities": {
                "drop": [
                  "ALL",
                ],
              },
              "readOnlyRootFilesystem": true,
            },
            "stdin": false,
            "tty": false,
            "volumeMounts": [
              {
                "mountPath": "/commit-suite",
                "name": "commit-suite",
              },
              {
                "mountPath": "/tmp",
                "name": "commit-suite-tmp",
              },
            ],
            "workingDir": "/commit-suite",
          },
        ],
        "enableServiceLinks": false,
        "imagePullSecrets": [],
        "restartPolicy": "Never",
        "securityContext": {
          "fsGroup": 1000,
          "runAsGroup": 1000,
          "runAsNonRoot": true,
          "runAsUser": 1000,
          "seccompProfile": {
            "type": "RuntimeDefault",
          },
        },
        "serviceAccountName": "commit-suite-runs",
        "terminationGracePeriodSeconds": 2,
        "tolerations": [
          {
            "effect": "NoExecute",
            "key": "node.kubernetes.io/not-ready",
            "operator": "Exists",
            "tolerationSeconds": 30,
          },
          {
            "effect": "NoExecute",
            "key": "node.kubernetes.io/unreachable",
            "operator": "Exists",
            "tolerationSeconds": 30,
          },
        ],
        "topologySpreadConstraints": [
          {
            "labelSelector": {
              "matchLabels": {
                "commit-suite/suite": "s1",
              },
            },
            "maxSkew": 1,
            "topologyKey": "kubernetes.io/hostname",
            "whenUnsatisfiable": "ScheduleAnyway",
          },
        ],
        "volumes": [
          {
            "emptyDir": {},
            "name": "commit-suite",
          },
          {
            "emptyDir": {},
            "name": "commit-suite-tmp",
          },
        ],
      },
    }
  `)
})

test('a template without any image cannot run in pods', () => {
  expect(() => buildPod(request({ template: template({ image: undefined }) }))).toThrow(
    /\/templates\/mine: image: null – must be set for runs in pods/,
  )
})

test('the container called test runs the tests, else the first', () => {
  const of = (...names: string[]) =>
    testContainer(template({ pod: manifest({ containers: names.map((name) => ({ name })) }) }))
  expect([of('db', 'test'), of('app', 'db'), testContainer(template())]).toEqual(['test', 'app', 'test'])
})

test("the manifest's image wins over the template's", () => {
  expect(built({ containers: [{ name: 'test', image: 'own:1' }] }).test.image).toBe('own:1')
  expect(built({ containers: [{ name: 'test' }] }).test.image).toBe('template:1')
})

test('labels and annotations of the manifest stay, ours win', () => {
  const theirs = { team: 'a', 'commit-suite/role': 'warm', 'commit-suite/suite': 'other' }
  const pod = manifest(
    { containers: [{ name: 'test' }] },
    { name: 'x', labels: theirs, annotations: { 'commit-suite/run': 'x', note: 'n' } },
  )
  expect(buildPod(request({ template: template({ pod }) })).metadata).toEqual({
    name: 's1-abc-0',
    namespace: 'cs-s1-abc',
    labels: {
      team: 'a',
      'app.kubernetes.io/managed-by': 'commit-suite',
      'commit-suite/suite': 's1',
      'commit-suite/role': 'run',
    },
    annotations: { note: 'n', 'commit-suite/run': 's1-abc-0' },
  })
})

test('what would start, stop or probe the tests by itself goes', () => {
  const probe = { httpGet: { port: 80 } }
  const { test: container } = built({
    containers: [
      {
        name: 'test',
        command: ['sleep'],
        args: ['1'],
        workingDir: '/app',
        stdin: true,
        stdinOnce: true,
        tty: true,
        ports: [{ containerPort: 80 }],
        lifecycle: { preStop: { exec: { command: ['x'] } } },
        livenessProbe: probe,
        readinessProbe: probe,
        startupProbe: probe,
        env: [{ name: 'A', value: 'b' }],
        envFrom: [{ configMapRef: { name: 'c' } }],
      },
    ],
  })
  expect(container).toEqual({
    name: 'test',
    image: 'template:1',
    imagePullPolicy: 'IfNotPresent',
    command: ['sh', '/boot'],
    workingDir: '/commit-suite',
    stdin: false,
    tty: false,
    env: [{ name: 'A', value: 'b' }],
    envFrom: [{ configMapRef: { name: 'c' } }],
    resources: { requests: {}, limits: {} },
    securityContext: expect.anything(),
    volumeMounts: expect.anything(),
  })
})

test('containers beside the tests and before them keep all of their own', () => {
  const db = {
    name: 'db',
    image: 'postgres:17',
    imagePullPolicy: 'Always',
    args: ['-c', 'fsync=off'],
    ports: [{ containerPort: 5432 }],
    readinessProbe: { tcpSocket: { port: 5432 } },
    resources: { limits: { memory: '1Gi' } },
  }
  const proxy = { name: 'proxy', image: 'envoy:1', restartPolicy: 'Always' }
  const { spec } = built({ containers: [{ name: 'test' }, db], initContainers: [proxy] })
  expect(spec.containers[1]).toMatchObject(db)
  expect(spec.containers[1]).not.toHaveProperty('volumeMounts')
  expect(spec.containers[1]?.securityContext).not.toHaveProperty('readOnlyRootFilesystem')
  expect(spec.initContainers?.[0]).toMatchObject({ ...proxy, imagePullPolicy: 'IfNotPresent' })
})

test('where and how pods are scheduled stays, its end and its token are ours', () => {
  const theirs = {
    nodeSelector: { disk: 'ssd' },
    affinity: { nodeAffinity: {} },
    runtimeClassName: 'gvisor',
    hostNetwork: true,
    dnsPolicy: 'None',
  }
  const replaced = {
    restartPolicy: 'Always',
    automountServiceAccountToken: true,
    serviceAccountName: 'admin',
    serviceAccount: 'admin',
    enableServiceLinks: true,
    terminationGracePeriodSeconds: 600,
    activeDeadlineSeconds: 5,
  }
  const { spec } = built({ containers: [{ name: 'test' }], ...theirs, ...replaced })
  expect(spec).toMatchObject({
    ...theirs,
    restartPolicy: 'Never',
    automountServiceAccountToken: false,
    serviceAccountName: 'commit-suite-runs',
    enableServiceLinks: false,
    terminationGracePeriodSeconds: 2,
  })
  expect(spec).not.toHaveProperty('serviceAccount')
  expect(spec).not.toHaveProperty('activeDeadlineSeconds')
  expect(built({ containers: [{ name: 'test' }] }, { activeDeadlineSeconds: 90 }).spec.activeDeadlineSeconds).toBe(90)
})

test('a priority class that is asked for replaces the priority of the manifest', () => {
  const theirs = { containers: [{ name: 'test' }], priorityClassName: 'low', priority: 3 }
  expect(built(theirs).spec).toMatchObject({ priorityClassName: 'low', priority: 3 })
  const asked = built(theirs, { priorityClass: 'sweeps' }).spec
  expect(asked.priorityClassName).toBe('sweeps')
  expect(asked).not.toHaveProperty('priority')
})

test('image pull secrets of both sides are used once each', () => {
  const { spec } = built(
    { containers: [{ name: 'test' }], imagePullSecrets: [{ name: 'a' }, { name: 'b' }] },
    { imagePullSecrets: ['b', 'c'] },
  )
  expect(spec.imagePullSecrets).toEqual([{ name: 'a' }, { name: 'b' }, { name: 'c' }])
})

test('a lost node is seen after half a minute, unless the manifest says otherwise', () => {
  const unreachable = { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute' }
  const theirs = [
    { key: 'gpu', operator: 'Exists' },
    { ...unreachable, tolerationSeconds: 5 },
  ]
  expect(built({ containers: [{ name: 'test' }], tolerations: theirs }).spec.tolerations).toEqual([
    ...theirs,
    { ...unreachable, key: 'node.kubernetes.io/not-ready', tolerationSeconds: 30 },
  ])
})

test('the pods of a suite spread over nodes, unless the manifest says otherwise', () => {
  expect(built({ containers: [{ name: 'test' }] }).spec.topologySpreadConstraints).toEqual([
    {
      maxSkew: 1,
      topologyKey: 'kubernetes.io/hostname',
      whenUnsatisfiable: 'ScheduleAnyway',
      labelSelector: { matchLabels: { 'commit-suite/suite': 's1' } },
    },
  ])
  const own = { containers: [{ name: 'test' }], topologySpreadConstraints: [] }
  expect(built(own).spec.topologySpreadConstraints).toEqual([])
})

test('one template serves many pods: none changes what the next one gets', () => {
  const shared = template({ pod: manifest({ containers: [{ name: 'test', volumeMounts: [] }], volumes: [] }) })
  const before = structuredClone(shared)
  const first = buildPod(request({ template: shared, limits: { cpus: 1 } }))
  parts(first).spec.containers.length = 0
  expect(shared).toEqual(before)
  expect(parts(buildPod(request({ template: shared }))).test.name).toBe('test')
})
