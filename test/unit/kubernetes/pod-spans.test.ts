import { context, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runInFreshPod } from '../../../src/executors/kubernetes/run/fresh-pod.ts'
import { inSpan } from '../../../src/telemetry/spans.ts'
import { FakeCluster } from '../../support/fake-cluster.ts'
import { fakeHost, PASSED, podName, runContext, runner, runRequest } from './fixture.ts'

const exporter = new InMemorySpanExporter()
beforeAll(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }))
})
afterAll(() => {
  trace.disable()
  context.disable()
})

test('a run in a pod shows the making, start, filling and use of the pod in the trace of its activity', async () => {
  const cluster = new FakeCluster()
  const { host, pack, remove } = await fakeHost(cluster)
  cluster.exec = runner({ attach: async ({ onStdout }) => await onStdout(Buffer.from(PASSED)) })
  const traceId = await inSpan('runSeed', {}, async (span) => {
    await runInFreshPod(host, { cluster, namespace: 'n' }, pack, runRequest(), runContext())
    return span.spanContext().traceId
  })
  const spans = exporter.getFinishedSpans()
  expect(spans.map(({ name }) => name)).toEqual(['pod create', 'pod start', 'pod deliver', 'pod exec', 'runSeed'])
  for (const span of spans) expect(span.spanContext().traceId).toBe(traceId)
  expect(spans[0]?.attributes).toEqual({ 'k8s.namespace.name': 'n', 'k8s.pod.name': podName('0') })
  await remove()
})
