import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { CommitSuiteError } from '../../../src/contract/index.ts'
import { loadTemplate, type PodTemplate } from '../../../src/frameworks/templates.ts'

let userDir: string
beforeEach(async () => {
  userDir = await mkdtemp(join(tmpdir(), 'test-pod-'))
  await mkdir(join(userDir, 'mine'))
  await writeFile(join(userDir, 'mine', 'template.yaml'), '')
})
afterEach(() => rm(userDir, { recursive: true, force: true }))

async function podOf(manifest: string): Promise<PodTemplate | undefined> {
  await writeFile(join(userDir, 'mine', 'test-pod.yaml'), manifest)
  return (await loadTemplate('mine', { userDir })).pod
}

const DEPLOYMENT = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: old, labels: {app: of-the-deployment}}
spec:
  replicas: 1
  selector: {matchLabels: {app: tests}}
  template:
    metadata: {labels: {app: tests}, annotations: {a: b}}
    spec:
      containers: [{name: test, image: mine:1}]
      nodeSelector: {disk: ssd}
`

test('of a Deployment the template of its pods counts', async () => {
  expect(await podOf(DEPLOYMENT)).toEqual({
    labels: { app: 'tests' },
    annotations: { a: 'b' },
    spec: { containers: [{ name: 'test', image: 'mine:1' }], nodeSelector: { disk: 'ssd' } },
  })
})

test('fields that we never look at are kept as they are', async () => {
  const spec = {
    containers: [{ name: 'a', livenessProbe: { httpGet: { port: 80 } }, securityContext: { runAsUser: 7 } }],
    affinity: { nodeAffinity: { x: [1] } },
    volumes: [{ name: 'v', hostPath: { path: '/' } }],
  }
  expect((await podOf(stringify({ apiVersion: 'v1', kind: 'Pod', spec })))?.spec).toEqual(spec)
})

const pod = (spec: string) => `apiVersion: v1\nkind: Pod\nspec:\n${spec.replace(/^/gm, '  ')}\n`

describe('an invalid manifest names file, line, field and value', () => {
  test.each([
    ['kind: Job\n', /test-pod\.yaml:1: kind: "Job" – must be a Pod or a Deployment/],
    ['apiVersion: v1\nmetadata: {}\n', /test-pod\.yaml:1: kind: undefined/],
    ['apiVersion: apps/v1\nkind: Pod\n', /test-pod\.yaml:1: apiVersion: "apps\/v1" – must be v1 for a Pod/],
    [DEPLOYMENT.replace('apps/v1', 'extensions/v1beta1'), /test-pod\.yaml:2: apiVersion: .* – must be apps\/v1/],
    ['apiVersion: v1\nkind: Pod\n', /test-pod\.yaml:1: spec: undefined/],
    [
      `${pod('containers: [{name: a}]')}metdata: {}\n`,
      /test-pod\.yaml:5: metdata: .* – is not a known key\. Did you mean metadata\?/,
    ],
    [pod('containers: []'), /test-pod\.yaml:4: spec\.containers: \[\] – must hold at least one container/],
    [pod('hostPID: true'), /test-pod\.yaml:4: spec\.containers: undefined/],
    [
      pod('containers:\n- name: test\n  imgae: x'),
      /test-pod\.yaml:6: spec\.containers\.0\.imgae: "x" – is not a known/,
    ],
    [pod('containers:\n- name: Test'), /test-pod\.yaml:5: spec\.containers\.0\.name: "Test" – must be a DNS label/],
    [pod('containers:\n- name: a\n- name: a'), /test-pod\.yaml:6: spec\.containers\.1\.name: "a" – .* another/],
    [pod('containers:\n- name: a\n  image: 3'), /test-pod\.yaml:6: spec\.containers\.0\.image: 3/],
    [
      pod('containers:\n- name: a\n  env:\n  - name: X\n    value: 3'),
      /test-pod\.yaml:8: spec\.containers\.0\.env\.0\.value: 3/,
    ],
    [
      pod('containers:\n- name: a\n  resources:\n    limits:\n      cpu: many'),
      /test-pod\.yaml:8: spec\.containers\.0\.resources\.limits\.cpu: "many" – must be a Kubernetes quantity/,
    ],
    [
      pod('containers:\n- name: a\n  volumeMounts:\n  - {name: v, mountPath: /commit-suite/tree}'),
      /test-pod\.yaml:7: spec\.containers\.0\.volumeMounts\.0\.mountPath: .* which is ours/,
    ],
    [pod('volumes: [{name: commit-suite}]\ncontainers: [{name: a}]'), /test-pod\.yaml:4: spec\.volumes\.0\.name/],
    ['a: 1\n---\nb: 2\n', /test-pod\.yaml:2: .*multiple documents/],
    ['- a\n', /test-pod\.yaml:1: /],
    ['', /test-pod\.yaml: /],
  ])('%j', async (manifest, message) => {
    await expect(podOf(manifest)).rejects.toMatchObject({
      code: 'template_invalid',
      message: expect.stringMatching(message),
    })
  })

  test('a file that cannot be read', async () => {
    await mkdir(join(userDir, 'mine', 'test-pod.yaml'))
    await expect(loadTemplate('mine', { userDir })).rejects.toMatchObject({ code: 'template_invalid' })
  })
})

test('whatever stands in a manifest, it loads or is refused with its place, and prototypes stay clean', async () => {
  const key = fc.constantFrom('name', 'image', 'env', 'resources', 'limits', 'cpu', '__proto__', 'constructor', 'x')
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom(null, '', 'a', 1, true, '1Gi', '/tmp', '<<', '*x'),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(key, tie('value'), { maxKeys: 4 }),
    ),
  }))
  const spec = fc.record({ containers: value, volumes: value, nodeSelector: value }, { requiredKeys: ['containers'] })
  await fc.assert(
    fc.asyncProperty(fc.oneof(spec, value), async (held) => {
      const outcome = await podOf(stringify({ apiVersion: 'v1', kind: 'Pod', spec: held })).catch((error) => error)
      if (outcome instanceof CommitSuiteError) {
        expect(outcome).toMatchObject({ code: 'template_invalid', message: expect.stringMatching(/test-pod\.yaml/) })
      } else {
        expect(outcome.spec.containers.length).toBeGreaterThan(0)
      }
      expect(Object.keys(Object.prototype)).toEqual([])
    }),
    { numRuns: 200 },
  )
})
