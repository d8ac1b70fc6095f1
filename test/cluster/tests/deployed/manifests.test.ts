import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { goModule } from '../../../support/go-module.ts'
import { kubectl } from '../../support/kubectl.ts'
import { OURS } from '../../support/own-cluster.ts'

// Nothing of it runs here: the API server is asked whether it would take each object, to the last field. The two kinds
// that are not Kubernetes' own are checked against the definitions that their projects publish.

const NAMESPACE = `manifests-${process.pid}`
const KINDS = [
  ['github.com/kedacore/keda/v2@v2.21.0', 'config/crd/bases/keda.sh_scaledobjects.yaml'],
  [
    'github.com/prometheus-operator/prometheus-operator@v0.85.0',
    'example/prometheus-operator-crd/monitoring.coreos.com_servicemonitors.yaml',
  ],
] as const

describe.runIf(OURS)('the manifests', () => {
  let folder: string
  let definitions: string[]
  beforeAll(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'cs-manifests-')))
    definitions = await Promise.all(KINDS.map(async ([module, file]) => join(await goModule(module), file)))
    await kubectl(['create', 'namespace', NAMESPACE])
    for (const definition of definitions) {
      await kubectl(['create', '-f', definition])
      await kubectl(['wait', '--for=condition=Established', '-f', definition, '--timeout=60s'])
    }
  })
  afterAll(async () => {
    for (const definition of definitions) await kubectl(['delete', '-f', definition, '--ignore-not-found'])
    await kubectl(['delete', 'namespace', NAMESPACE, '--wait=false'])
    await rm(folder, { recursive: true, force: true })
  })

  /** Of an overlay with a change, in a namespace that no deployment is in. */
  async function asked(overlay: string, patches = ''): Promise<string> {
    const kustomization = `namespace: ${NAMESPACE}\nresources: [${relative(folder, resolve('k8s/overlays', overlay))}]\n`
    await writeFile(join(folder, 'kustomization.yaml'), kustomization + patches)
    return await kubectl(['apply', '--validate=strict', '--dry-run=server', '-k', folder])
  }

  it.each([
    ['small', ['deployment.apps/worker', 'job.batch/migrate', 'networkpolicy.networking.k8s.io/nothing']],
    [
      'production',
      [
        'poddisruptionbudget.policy/gateway',
        'scaledobject.keda.sh/worker',
        'servicemonitor.monitoring.coreos.com/commit-suite',
      ],
    ],
  ])('of overlay %s are taken by the API server', async (overlay, some) => {
    const answer = await asked(overlay)
    for (const name of some) expect(answer).toContain(`${name} `)
  })

  it.each([
    ['Deployment', 'replica'],
    ['ScaledObject', 'minReplicas'],
    ['ServiceMonitor', 'endpoint'],
  ])('are refused with a field that a %s does not have', async (kind, field) => {
    const patch = JSON.stringify([{ op: 'add', path: `/spec/${field}`, value: 2 }])
    const refused = asked('production', `patches: [{ target: { kind: ${kind} }, patch: '${patch}' }]\n`)
    await expect(refused).rejects.toThrow(`unknown field "spec.${field}"`)
  })
})
