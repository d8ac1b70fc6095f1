import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { KEYS } from '../../../../src/executors/kubernetes/names.ts'
import { type Serving, startServing } from '../../../support/serving.ts'
import { TestClient } from '../../../support/test-client.ts'
import { until } from '../../../support/until.ts'
import { PodBench } from '../../support/pod-bench.ts'

const unique = `${process.pid.toString(36)}${Date.now().toString(36)}`
const namespaces = [`im-chat-${unique}-7`, `im-project-${unique}`] as const

let templates: string
let bench: PodBench
let gateway: Serving
let url: string
beforeAll(async () => {
  templates = await mkdtemp(join(tmpdir(), 'cs-templates-'))
  for (const [name, image] of Object.entries({ small: 'buildpack-deps:bookworm', imageless: 'no-such-image:1' })) {
    await mkdir(join(templates, name))
    await writeFile(join(templates, name, 'template.yaml'), `image: ${image}\ncommand: cat number\n`)
  }
  const settings = { COMMIT_SUITE_FACE_EXECUTOR: 'kubernetes', COMMIT_SUITE_KUBERNETES_WAIT: '30s' }
  bench = await PodBench.make(
    { ...settings, COMMIT_SUITE_TEMPLATES: templates, COMMIT_SUITE_ALLOWED_REPOS: 'file:///**' },
    2,
  )
  gateway = await startServing(bench.home)
  url = `${gateway.url.replace(/^http/, 'ws')}/ws`
})
afterAll(async () => {
  await gateway.stop()
  for (const name of namespaces) {
    await bench.cluster.request(({ core }) => core.deleteNamespace({ name })).catch(() => undefined)
  }
  await bench.dispose()
  await rm(templates, { recursive: true, force: true })
})

const asked = (changes: object = {}) => ({
  repoURL: `file://${bench.repo.path}`,
  commitHash: 'HEAD',
  projectType: 'small',
  testCommand: null,
  ...changes,
})

describe('clients of both dialects, in pods behind a real gateway', () => {
  it('dialect 1 has one namespace for its session, which says whose it is', async () => {
    const session = { chatId: `chat-${unique}`, userId: '7' }
    const client = await TestClient.connect(url)
    client.send(
      asked({ ...session, commitHash: 'HEAD~1' }),
      asked({ ...session, testCommand: 'echo broken >&2; exit 1' }),
      asked({ ...session, projectType: 'imageless' }),
    )
    // Each waited for on its own: they come one after another.
    for (const count of [1, 2]) await client.take(count)
    const [passed, failed, error] = await client.take(3)
    const [namespace] = namespaces
    expect(passed).toMatchObject({
      payload: {
        namespace_status: { status: 'created', namespace },
        test_results: { status: 'passed', output: { stdout: '0\n', kubectl_errors: [] } },
      },
    })
    expect(JSON.stringify(passed)).toContain('"pod_ready"')
    expect(failed).toMatchObject({
      payload: {
        namespace_status: { status: 'exists', namespace },
        test_results: { status: 'failed', output: { stderr: 'broken\n' } },
      },
    })
    expect(error).toMatchObject({
      type: 'test_results',
      payload: {
        test_results: {
          ...{ status: 'error', success: false },
          output: { kubectl_errors: [{ command: expect.stringContaining(namespace), error: expect.any(String) }] },
        },
      },
    })
    const { metadata } = await bench.cluster.request(({ core }) => core.readNamespace({ name: namespace }))
    expect(metadata?.annotations).toMatchObject({ [KEYS.chat]: session.chatId, [KEYS.user]: '7', [KEYS.key]: '' })
  })

  it('dialect 2 needs its namespace, also after somebody deleted it', async () => {
    const [, name] = namespaces
    const project = { projectId: `project-${unique}`, projectType: 'small' }
    const client = await TestClient.connect(url)
    const complete = (type: string) => until(type, () => JSON.stringify(client.received).includes(`"${type}"`))
    client.send({ type: 'namespace_setup', ...project })
    await complete('namespace_complete')
    expect(await bench.namespaceExists(name)).toBe(true)
    client.send({ type: 'test_request', ...asked(), ...project })
    await complete('test_complete')
    expect(client.received.at(-1)).toMatchObject({ status: 'success', payload: { result: { status: 'passed' } } })
    await bench.cluster.request(({ core }) => core.deleteNamespace({ name }))
    client.received.length = 0
    client.send({ type: 'test_request', ...asked(), ...project })
    expect(await client.take(1)).toMatchObject([{ type: 'error', payload: { code: 'namespace_required' } }])
  })
})
