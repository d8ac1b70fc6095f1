import { expect, test } from 'vitest'
import { readConfig } from '../../../src/config.ts'
import { formatListenAddress, parseListenAddress } from '../../../src/telemetry/listen-address.ts'
import { configEnvironment } from '../../../src/temporal/supervisor/config-environment.ts'

const parse = (text: string) => parseListenAddress('COMMIT_SUITE_METRICS', text)

test('metrics are served on loopback unless a host is named', () => {
  expect(parse('9464')).toEqual({ host: '127.0.0.1', port: 9464 })
  expect(parse(':0')).toEqual({ host: '127.0.0.1', port: 0 })
  expect(parse('0.0.0.0:9464')).toEqual({ host: '0.0.0.0', port: 9464 })
  expect(parse('[::1]:9464')).toEqual({ host: '::1', port: 9464 })
  expect(formatListenAddress(parse('[::1]:9464'))).toBe('[::1]:9464')
})

test.each(['', 'localhost', '::1:9464', '127.0.0.1:65536', 'http://127.0.0.1:9464', 'a b:1'])(
  'an address like %j is refused by its variable and rule',
  (text) => {
    expect(() => parse(text)).toThrow(/COMMIT_SUITE_METRICS.*is not a host and a port/)
  },
)

test('metrics are off by default, and the supervisor hands on where they are wanted', () => {
  expect(readConfig({ HOME: '/home/somebody' })).toMatchObject({ metrics: undefined, workerMetrics: undefined })
  const config = readConfig({ HOME: '/h', COMMIT_SUITE_METRICS: '1', COMMIT_SUITE_WORKER_METRICS: '[::1]:2' })
  const again = readConfig(configEnvironment(config))
  expect(again).toMatchObject({ metrics: config.metrics, workerMetrics: { host: '::1', port: 2 } })
})
