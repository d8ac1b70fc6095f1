import { chmod, mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative, resolve } from 'node:path'
import { KubeConfig, type V1Pod } from '@kubernetes/client-node'
import { openStore } from '../../../src/store/open.ts'
import type { Store } from '../../../src/store/store.ts'
import { startGitServer } from '../../integration/git/git-server.ts'
import { TestPostgres } from '../../support/postgres.ts'
import { plainRepository, type TestRepository } from '../../support/repository.ts'
import { startTestServer } from '../../support/temporal-server.ts'
import { until } from '../../support/until.ts'
import { BridgePort } from './bridge-port.ts'
import { kubectl } from './kubectl.ts'

const NAMESPACE = 'commit-suite'
const KUBECONFIG = process.env.KUBECONFIG ?? ''
const GATEWAY = process.env.TEST_CLUSTER_GATEWAY ?? ''
/** What the manifests let out, so that the policies are those that are shipped. */
const PORTS = { database: 5432, temporal: 7233, git: 443 }
const MINUTES = 60_000

/** One statement each of docs/database.md. */
const ROLES = ['create role suites login', 'create role suites_gateway login']
const GRANTS = `grant select, insert, update, delete on all tables in schema public to suites;
  grant select on all tables in schema public to suites_gateway;
  grant insert, update, delete on api_keys, browser_sessions, idempotency_records, stream_cursors to suites_gateway`

/** The system as `k8s/overlays/small` deploys it, with Temporal, database and git on this machine. */
export class Deployment {
  readonly store: Store
  readonly repo: TestRepository
  /** Of the repository, as workers reach it. */
  readonly repoUrl = `http://${GATEWAY}:${PORTS.git}/.git`
  readonly key: string
  readonly #ends: (() => Promise<unknown>)[]

  private constructor(store: Store, repo: TestRepository, key: string, ends: (() => Promise<unknown>)[]) {
    this.store = store
    this.repo = repo
    this.key = key
    this.#ends = ends
  }

  static async make(image: string): Promise<Deployment> {
    const ends: (() => Promise<unknown>)[] = []
    try {
      const folder = await realpath(await mkdtemp(join(tmpdir(), 'cs-deployed-')))
      ends.push(() => rm(folder, { recursive: true, force: true }))
      const database = await TestPostgres.start()
      ends.push(() => database.dispose())
      for (const role of ROLES) await database.query(role)
      const url = await database.database()
      const temporal = await startTestServer()
      ends.push(() => temporal.stop())
      const repo = await plainRepository()
      ends.push(() => repo.remove())
      const git = await startGitServer(repo.path, { host: GATEWAY, port: PORTS.git })
      ends.push(() => git.close())
      const temporalPort = Number(new URL(`http://${temporal.address}`).port)
      for (const [port, to] of [
        [PORTS.database, database.port],
        [PORTS.temporal, temporalPort],
      ] as const) {
        const open = await BridgePort.open(GATEWAY, port, to)
        ends.push(() => open.close())
      }
      const name = new URL(url).pathname.slice(1)
      const secret = (role: string) => `postgres://${role}@${GATEWAY}:${PORTS.database}/${name}`
      ends.push(() => removeAll())
      await removeAll()
      await deploy(folder, image, {
        owner: secret('owner'),
        worker: secret('suites'),
        gateway: secret('suites_gateway'),
      })
      await database.query(GRANTS, name)
      const store = await openStore({ stateDir: folder, artifacts: join(folder, 'artifacts'), databaseUrl: url })
      ends.push(() => store.close())
      await rolledOut('worker')
      const made = await kubectl(['--namespace', NAMESPACE, 'exec', 'deployment/worker', '--', ...CREATE_KEY])
      const { secret: key }: { secret: string } = JSON.parse(made)
      await restart('gateway')
      await rolledOut('gateway')
      return new Deployment(store, repo, key, ends)
    } catch (error) {
      const state = await whatIsThere()
      await endAll(ends)
      throw new Error(`not deployed: ${state}`, { cause: error })
    }
  }

  /** Asks a gateway that is ready; without a kube-proxy, by the address of its pod. */
  async call(method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown): Promise<Response> {
    let address: string | undefined
    await until('a gateway is ready', async () => {
      address = (await podsOf('gateway')).find(isReady)?.status?.podIP
      return address !== undefined
    })
    const headers = { authorization: `Bearer ${this.key}`, 'content-type': 'application/json' }
    return await fetch(`http://${address}:8080${path}`, {
      method,
      headers,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
  }

  /** New pods for all of both deployments, and no old one left. */
  async rollOver(): Promise<void> {
    const before = new Set(
      [...(await podsOf('worker')), ...(await podsOf('gateway'))].map(({ metadata }) => metadata?.uid),
    )
    for (const name of ['worker', 'gateway']) await restart(name)
    for (const name of ['worker', 'gateway']) await rolledOut(name)
    await until(
      'the old pods are gone',
      async () =>
        [...(await podsOf('worker')), ...(await podsOf('gateway'))].every(({ metadata }) => !before.has(metadata?.uid)),
      2 * MINUTES,
    )
  }

  async dispose(): Promise<void> {
    await endAll(this.#ends)
  }
}

const CREATE_KEY = ['commit-suite', 'keys', 'create', 'tests', '--role', 'admin', '--json']

/** Resources of the cluster itself stay where other tests need them. */
async function removeAll(): Promise<void> {
  await kubectl(['delete', 'namespace', NAMESPACE, '--ignore-not-found', '--timeout=120s'])
  await kubectl(['delete', 'persistentvolume', 'commit-suite-artifacts', '--ignore-not-found', '--timeout=60s'])
}

async function deploy(folder: string, image: string, secrets: Record<string, string>): Promise<void> {
  const artifacts = join(folder, 'artifacts')
  await mkdir(artifacts)
  await chmod(artifacts, 0o777)
  await chmod(folder, 0o755)
  await writeFile(join(folder, 'kustomization.yaml'), overlay(folder, image))
  await writeFile(join(folder, 'volume.yaml'), volume(artifacts))
  await kubectl(['create', 'namespace', NAMESPACE])
  const literals = Object.entries(secrets).map(([name, value]) => `--from-literal=${name}=${value}`)
  await kubectl(['--namespace', NAMESPACE, 'create', 'secret', 'generic', 'commit-suite-database', ...literals])
  await kubectl(['apply', '--validate=strict', '-k', folder])
  await kubectl(['--namespace', NAMESPACE, 'wait', '--for=condition=complete', 'job/migrate', '--timeout=240s'])
}

function overlay(folder: string, image: string): string {
  const config = new KubeConfig()
  config.loadFromFile(KUBECONFIG)
  const { hostname, port } = new URL(config.getCurrentCluster()?.server ?? '')
  return `
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources: [${relative(folder, resolve('k8s/overlays/small'))}, volume.yaml]
images:
  - { name: localhost/commit-suite, newName: ${image.split(':')[0]}, newTag: ${image.split(':')[1]} }
configMapGenerator:
  - name: commit-suite
    namespace: ${NAMESPACE}
    behavior: merge
    literals:
      - TEMPORAL_ADDRESS=${GATEWAY}:${PORTS.temporal}
      - COMMIT_SUITE_ALLOWED_REPOS=http://${GATEWAY}:${PORTS.git}/*
      - COMMIT_SUITE_ALLOWED_ADDRESSES=${GATEWAY}
patches:
  # There is no kube-proxy, so that the Service of the API server leads nowhere; and the node is small.
  - target: { kind: Deployment }
    patch: |-
      - { op: add, path: /spec/template/spec/containers/0/env/-, value: { name: KUBERNETES_SERVICE_HOST, value: "${hostname}" } }
      - { op: add, path: /spec/template/spec/containers/0/env/-, value: { name: KUBERNETES_SERVICE_PORT, value: "${port}" } }
      - { op: replace, path: /spec/template/spec/containers/0/resources/requests, value: { cpu: 10m, memory: 64Mi } }
`
}

const volume = (path: string): string => `
apiVersion: v1
kind: PersistentVolume
metadata: { name: commit-suite-artifacts }
spec:
  accessModes: [ReadWriteMany]
  capacity: { storage: 50Gi }
  storageClassName: ""
  claimRef: { namespace: ${NAMESPACE}, name: artifacts }
  hostPath: { path: ${path}, type: Directory }
`

const restart = (name: string) => kubectl(['--namespace', NAMESPACE, 'rollout', 'restart', `deployment/${name}`])

const rolledOut = (name: string) =>
  kubectl(['--namespace', NAMESPACE, 'rollout', 'status', `deployment/${name}`, '--timeout=240s'])

async function podsOf(component: string): Promise<V1Pod[]> {
  const selector = `app.kubernetes.io/component=${component}`
  const { items }: { items: V1Pod[] } = JSON.parse(
    await kubectl(['--namespace', NAMESPACE, 'get', 'pods', '--selector', selector, '--output', 'json']),
  )
  return items
}

const isReady = ({ metadata, status }: V1Pod): boolean =>
  metadata?.deletionTimestamp === undefined &&
  status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') === true

/** For whoever reads why a deployment failed. */
async function whatIsThere(): Promise<string> {
  const asked = [
    ['get', 'pods', '--output', 'wide'],
    ['get', 'events', '--sort-by=.lastTimestamp'],
    ...['migrate', 'worker', 'gateway'].map((name) => [
      'logs',
      '--tail=20',
      '--selector',
      `app.kubernetes.io/component=${name}`,
    ]),
  ]
  const told = await Promise.all(asked.map((args) => kubectl(['--namespace', NAMESPACE, ...args]).catch(String)))
  return told.join('\n')
}

async function endAll(ends: (() => Promise<unknown>)[]): Promise<void> {
  const results: unknown[] = []
  for (const end of ends.splice(0).toReversed()) await end().catch((error: unknown) => results.push(error))
  if (results.length > 0) throw new AggregateError(results, 'not all could be ended')
}
