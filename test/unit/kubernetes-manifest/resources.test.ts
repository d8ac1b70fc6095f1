import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { buildPod } from '../../../src/executors/kubernetes/manifest/build-pod.ts'
import { ROOT } from '../../../src/executors/kubernetes/manifest/own-volumes.ts'
import { parseQuantity } from '../../../src/frameworks/template/quantity.ts'
import { built, manifest, parts, request, template } from './fixture.ts'

const ofTemplate = { requests: { cpu: '100m', memory: '256Mi' }, limits: { cpu: '2', memory: '1Gi' } }
const withResources = (resources: object) =>
  template({ resources: ofTemplate, pod: manifest({ containers: [{ name: 'test', resources }] }) })

describe('resources of the tests', () => {
  test('come from the template', () => {
    const pod = buildPod(request({ template: template({ resources: ofTemplate }) }))
    expect(parts(pod).test.resources).toEqual(ofTemplate)
  })

  test('one by one from the manifest where it names them', () => {
    const own = withResources({ requests: { memory: '300Mi' }, limits: { memory: '2Gi', 'nvidia.com/gpu': 1 } })
    expect(parts(buildPod(request({ template: own }))).test.resources).toEqual({
      requests: { cpu: '100m', memory: '300Mi' },
      limits: { cpu: '2', memory: '2Gi', 'nvidia.com/gpu': '1' },
    })
  })

  test("the suite's limits win, and requests come down to them", () => {
    const limits = { memoryBytes: 64 * 2 ** 20, cpus: 0.05 }
    expect(parts(buildPod(request({ template: withResources({}), limits }))).test.resources).toEqual({
      requests: { cpu: '50m', memory: '67108864' },
      limits: { cpu: '50m', memory: '67108864' },
    })
  })

  test('the suite may ask for more than the template, too', () => {
    const limits = { memoryBytes: 4 * 2 ** 30, cpus: 3 }
    expect(parts(buildPod(request({ template: withResources({}), limits }))).test.resources).toEqual({
      requests: ofTemplate.requests,
      limits: { cpu: '3000m', memory: '4294967296' },
    })
  })

  test('no request is above its limit, whoever set them', () => {
    const quantity = fc
      .tuple(fc.integer({ min: 0, max: 5000 }), fc.constantFrom('', 'm', 'k', 'Ki', 'Mi', 'G', 'Gi'))
      .map(([amount, unit]) => `${amount}${unit}`)
    const amounts = fc.record({ cpu: quantity, memory: quantity }, { requiredKeys: [] })
    const resources = fc.record({ requests: amounts, limits: amounts })
    const limits = fc.record(
      {
        memoryBytes: fc.integer({ min: 2 ** 24, max: 2 ** 40 }),
        cpus: fc.double({ min: 1e-6, max: 1024, noNaN: true }),
      },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(resources, resources, limits, (ours, theirs, suite) => {
        const pod = manifest({ containers: [{ name: 'test', resources: theirs }] })
        const { test: container } = parts(
          buildPod(request({ template: template({ resources: ours, pod }), limits: suite })),
        )
        for (const [name, wanted] of Object.entries(container.resources?.requests ?? {})) {
          const limit = container.resources?.limits?.[name]
          const most = limit === undefined ? Number.POSITIVE_INFINITY : parseQuantity(limit)
          expect(parseQuantity(wanted)).toBeLessThanOrEqual(most ?? Number.NaN)
        }
      }),
    )
  })
})

describe('volumes of our own', () => {
  test('are as large as the disk limit, and join those of the manifest', () => {
    const { spec, test: container } = built({
      containers: [
        {
          name: 'test',
          volumeMounts: [{ name: 'data', mountPath: '/data' }],
          resources: { limits: { 'ephemeral-storage': '2Gi' } },
        },
      ],
      volumes: [{ name: 'data', emptyDir: {} }],
    })
    expect(spec.volumes).toEqual([
      { name: 'data', emptyDir: {} },
      { name: 'commit-suite', emptyDir: { sizeLimit: '2Gi' } },
      { name: 'commit-suite-tmp', emptyDir: { sizeLimit: '2Gi' } },
    ])
    expect(container.volumeMounts).toEqual([
      { name: 'data', mountPath: '/data' },
      { name: 'commit-suite', mountPath: ROOT },
      { name: 'commit-suite-tmp', mountPath: '/tmp' },
    ])
  })

  test('leave /tmp to the manifest where it mounts something there', () => {
    const { spec, test: container } = built({
      containers: [{ name: 'test', volumeMounts: [{ name: 'mine', mountPath: '/tmp/' }] }],
      volumes: [{ name: 'mine', emptyDir: { medium: 'Memory' } }],
    })
    expect(spec.volumes?.map(({ name }) => name)).toEqual(['mine', 'commit-suite'])
    expect(container.volumeMounts?.map(({ mountPath }) => mountPath)).toEqual(['/tmp/', ROOT])
  })
})
