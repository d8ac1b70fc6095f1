import { Counter, Registry } from 'prom-client'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { serveTelemetry, type TelemetryListener } from '../../../src/telemetry/listener.ts'
import { watchDependencies } from '../../../src/telemetry/process-metrics.ts'

let listener: TelemetryListener
let registry: Registry
let away: Error | undefined
beforeEach(async () => {
  away = undefined
  registry = new Registry()
  const { check: ready } = watchDependencies(registry, {
    store: async () => undefined,
    temporal: async () => {
      if (away !== undefined) throw away
    },
  })
  listener = await serveTelemetry({ host: '127.0.0.1', port: 0 }, { registry, ready })
})
afterEach(() => listener.close())

const get = async (path: string, method = 'GET') => {
  const response = await fetch(listener.url + path, { method })
  return { status: response.status, type: response.headers.get('content-type'), text: await response.text() }
}

test('what a process counts is in the form of Prometheus', async () => {
  new Counter({ name: 'counted_total', help: 'x', registers: [registry] }).inc(3)
  const { status, type, text } = await get('/metrics')
  expect({ status, type }).toEqual({ status: 200, type: registry.contentType })
  expect(text).toMatch(/^counted_total 3$/m)
})

test('a process that misses what it depends on lives, is not ready, and says so in its metrics', async () => {
  expect(await get('/readyz')).toMatchObject({ status: 200 })
  away = new Error('temporal is away')
  expect(await get('/healthz')).toMatchObject({ status: 200 })
  expect(await get('/readyz')).toMatchObject({ status: 503, text: expect.stringContaining('temporal is away') })
  const { text } = await get('/metrics')
  expect(text).toMatch(/dependency="store"} 1$/m)
  expect(text).toMatch(/dependency="temporal"} 0$/m)
})

test('nothing else is answered', async () => {
  expect(await get('/v1/suites')).toMatchObject({ status: 404 })
  expect(await get('/metrics', 'POST')).toMatchObject({ status: 405 })
})

test('an address that is taken is named with its variable', async () => {
  const port = Number(new URL(listener.url).port)
  const again = serveTelemetry({ host: '127.0.0.1', port }, { registry, ready: async () => undefined })
  await expect(again).rejects.toMatchObject({
    code: 'config_invalid',
    message: expect.stringMatching(new RegExp(`COMMIT_SUITE_METRICS.*127\\.0\\.0\\.1:${port}.*EADDRINUSE`)),
  })
})
