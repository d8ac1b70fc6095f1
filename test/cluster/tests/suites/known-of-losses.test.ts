import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { KubeConfig, SchedulingV1Api } from '@kubernetes/client-node'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { expectEveryRunOnce } from '../../../support/every-run-once.ts'
import { until } from '../../../support/until.ts'
import { allocatableMillicores } from '../../support/node-room.ts'
import { OURS } from '../../support/own-cluster.ts'
import { PodBench } from '../../support/pod-bench.ts'
import { ScratchNamespace } from '../../support/scratch-namespace.ts'

const unique = `${process.pid.toString(36)}${Date.now().toString(36)}`
const VANISHING = `localhost/vanishing:${unique}`

let bench: PodBench
let templates: string
beforeAll(async () => {
  templates = await mkdtemp(join(tmpdir(), 'cs-templates-'))
  const write = async (name: string, text: string) => {
    await mkdir(join(templates, name))
    await writeFile(join(templates, name, 'template.yaml'), text)
  }
  await write('vanishing', `image: ${VANISHING}\n`)
  bench = await PodBench.make({ COMMIT_SUITE_TEMPLATES: templates, COMMIT_SUITE_KUBERNETES_WAIT: '45s' })
  const most = Math.floor((await allocatableMillicores(bench.cluster)) * 0.6)
  await write('most', `image: buildpack-deps:bookworm\nresources: {requests: {cpu: ${most}m}, limits: {cpu: 64}}\n`)
})
afterAll(async () => {
  await bench.dispose()
  await rm(templates, { recursive: true, force: true })
})

/**
 * MAINTENANCE: one more than the looks between two `recent` of in-pod/scripts/attach.sh, twice: at the first of them
 * what was printed last may still be on its way to its file.
 */
const LOOKS = 17
const GO = 'until [ -e go ]; do sleep 0.1; done'

/** What is kept of a try that was lost, as docs/kubernetes.md describes it. */
const bundle = z.object({
  namespace: z.string(),
  fault: z.object({ code: z.string(), message: z.string() }),
  node: z.string().nullable(),
  pod: z.object({
    metadata: z.object({ name: z.string(), annotations: z.record(z.string(), z.string()) }),
    spec: z.object({ containers: z.array(z.object({ name: z.string(), image: z.string() })) }),
    status: z.object({ phase: z.string(), conditions: z.array(z.object({ type: z.string(), status: z.string() })) }),
  }),
  events: z.array(z.object({ reason: z.string(), message: z.string(), count: z.number() })),
  lastOutput: z.object({ stdout: z.string(), stderr: z.string() }),
})

async function keptOf(id: string, lostTry = 1) {
  const key = { suite: id, sha: bench.repo.shas[0] ?? '', attempt: 0, generation: 0 }
  const bytes = await bench.store.artifacts.get(key, `forensics/try-${lostTry}.json`)
  return bundle.parse(JSON.parse(Buffer.from(bytes ?? []).toString()))
}

async function faultsOf(id: string): Promise<string[]> {
  const events = await bench.store.events.read(id, 0, 1000)
  return events.flatMap((event) => (event.type === 'run.retried' ? [event.data.fault] : []))
}

const nodeName = async () =>
  (await bench.cluster.request(({ core }) => core.listNode())).items.map(({ metadata }) => metadata?.name)

describe('what is kept of a run that was lost', () => {
  it('whose pod somebody deleted by force: the pod as it was, its events, its node, the end of its output', async () => {
    const id = bench.id('forced')
    const namespace = bench.namespaceOf(id)
    // More than half of what is kept of an output, so that its end is not the end of its beginning.
    const output = `head -c 9000000 /dev/zero | tr '\\0' x; echo; echo the last line; echo complaint >&2`
    const answer = `if [ -e question-$n ]; then echo answer $n >&2; n=$((n + 1)); fi`
    const command = `pwd; ${output}; n=1; until [ -e go ]; do ${answer}; sleep 0.1; done`
    const going = bench.home.report(...bench.suite(id, command, 1))
    await bench.untilRunning(id, 1)
    const said = (text: string) => async () => (await bench.stderr(id)).includes(text)
    await until('the complaint is there', said('complaint'))
    // What was said last of a long output is told at every eighth look only; each answer takes another look.
    const touch = await bench.toucher(id)
    for (let question = 1; question <= LOOKS; question++) {
      await touch(`question-${question}`)
      await until(`it has answered ${question} times`, said(`answer ${question}\n`))
    }
    const [pod] = (await bench.pods(id)).filter(({ metadata }) => metadata?.labels?.['commit-suite/role'] === 'run')
    const name = pod?.metadata?.name ?? ''
    await bench.cluster.request(({ core }) => core.deleteNamespacedPod({ namespace, name, gracePeriodSeconds: 0 }))
    await bench.touch(id, 'go', name)
    const { report } = await going
    expect(report.commits[0]).toMatchObject({ runs: 1, passed: 1, errors: 0 })
    expect(await bench.store.results.list({ suite: id, limit: 5 })).toMatchObject([{ outcome: 'passed', tries: 2 }])
    expect(await faultsOf(id)).toEqual(['pod_deleted'])
    const kept = await keptOf(id)
    expect(kept).toMatchObject({ namespace, fault: { code: 'pod_deleted' }, node: pod?.spec?.nodeName })
    expect(await nodeName()).toContain(kept.node)
    expect(kept.pod.metadata.name).toBe(name)
    expect(kept.pod.spec.containers[0]?.image).toBe('buildpack-deps:bookworm')
    expect(kept.pod.status.phase).toBe('Running')
    expect(kept.events.map(({ reason }) => reason)).toEqual(expect.arrayContaining(['Scheduled', 'Started']))
    expect(kept.lastOutput.stdout.slice(-16)).toBe('x\nthe last line\n')
    expect(kept.lastOutput.stderr).toMatch(/^complaint\n/)
  })

  it('whose pod had to make room for a more important one', async () => {
    const id = bench.id('preempted')
    const config = new KubeConfig()
    config.loadFromDefault()
    const scheduling = config.makeApiClient(SchedulingV1Api)
    const important = `important-${unique}`
    await scheduling.createPriorityClass({ body: { metadata: { name: important }, value: 1_000_000 } })
    const scratch = await ScratchNamespace.create(bench.cluster, 'important')
    try {
      const going = bench.home.report(...bench.suite(id, `pwd; echo begun; ${GO}`, 1, '--project-type', 'most'))
      await until('it has begun', async () => (await bench.stdout(id)).endsWith('begun\n'))
      const room = Math.floor((await allocatableMillicores(bench.cluster)) * 0.6)
      const more = { priorityClassName: important, resources: { requests: { cpu: `${room}m` } } }
      await scratch.createPod('important', ['sleep', '600'], more)
      await until('the run is tried again', async () => (await faultsOf(id)).length > 0)
      await scratch.deletePod('important')
      await bench.touch(id, 'go', (await keptOf(id)).pod.metadata.name)
      const { report } = await going
      expect(report.commits[0]).toMatchObject({ runs: 1, passed: 1, errors: 0 })
      expect((await faultsOf(id))[0]).toBe('pod_preempted')
      const kept = await keptOf(id)
      expect(kept).toMatchObject({ fault: { code: 'pod_preempted' } })
      expect(kept.lastOutput.stdout).toMatch(/^\/.*\nbegun\n$/)
      expect(kept.fault.message).toContain('PreemptionByScheduler')
      expect(kept.pod.status.conditions).toContainEqual(
        expect.objectContaining({ type: 'DisruptionTarget', status: 'True' }),
      )
      expect(kept.events.map(({ reason }) => reason)).toContain('Started')
    } finally {
      await scheduling.deletePriorityClass({ name: important })
      await scratch.remove()
    }
  })

  it.runIf(OURS)('whose image went away: tried again, and found once it is back', async () => {
    const socket = join(dirname(process.env.KUBECONFIG ?? ''), 'run', 'containerd.sock')
    const images = (...args: string[]) =>
      execa('ctr', ['--address', socket, '--namespace', 'k8s.io', 'images', ...args])
    const bring = () => images('tag', '--force', 'docker.io/library/buildpack-deps:bookworm', VANISHING)
    const where = ['--project-type', 'vanishing']
    await bring()
    try {
      const before = bench.id('image-there')
      await bench.home.cli(...bench.suite(before, 'true', 1, ...where))
      expect(await bench.store.results.list({ suite: before, limit: 5 })).toMatchObject([{ outcome: 'passed' }])
      await images('remove', VANISHING)
      // The tree is prepared already: only the run's own pod looks for the image.
      const id = bench.id('image-gone')
      const going = bench.home.report(...bench.suite(id, 'true', 1, ...where))
      await until('the run is tried again', async () => (await faultsOf(id)).length > 0, 120_000)
      await bring()
      const { report } = await going
      expect(report.commits[0]).toMatchObject({ runs: 1, passed: 1, errors: 0 })
      expect(new Set(await faultsOf(id))).toEqual(new Set(['image_unavailable']))
      const [result] = await expectEveryRunOnce(bench.store, id, 1)
      expect(result).toMatchObject({ outcome: 'passed' })
      const kept = await keptOf(id)
      expect(kept.fault.message).toContain(VANISHING)
      expect(kept.pod.status.phase).toBe('Pending')
      expect(kept.events.some(({ message }) => message.includes(VANISHING))).toBe(true)
    } finally {
      await images('remove', VANISHING)
    }
  })
})
