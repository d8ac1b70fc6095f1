import { resolve } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { configEnvironment } from '../../src/temporal/supervisor/config-environment.ts'

const read = (env: NodeJS.ProcessEnv) => readConfig({ HOME: '/home/somebody', ...env })

afterEach(() => {
  vi.unstubAllEnvs()
})

test('runs in pods have defaults that suit a cluster which others use too', () => {
  expect(read({})).toMatchObject({
    kubernetesPods: 100,
    kubernetesEgress: undefined,
    kubernetesPullSecrets: [],
    kubernetesWaitMs: 600_000,
  })
})

test('names of pull secrets are a list, without blanks and repetitions', () => {
  const { kubernetesPullSecrets } = read({ COMMIT_SUITE_KUBERNETES_PULL_SECRETS: 'a, registry.example-1,,a' })
  expect(kubernetesPullSecrets).toEqual(['a', 'registry.example-1'])
})

test.each([
  ['COMMIT_SUITE_KUBERNETES_PODS', '0'],
  ['COMMIT_SUITE_KUBERNETES_PODS', '5001'],
  ['COMMIT_SUITE_KUBERNETES_WAIT', '10'],
  ['COMMIT_SUITE_KUBERNETES_WAIT', '1ms'],
  ['COMMIT_SUITE_KUBERNETES_WAIT', '2d'],
  ['COMMIT_SUITE_KUBERNETES_PULL_SECRETS', 'Registry'],
])('%s=%s is refused by its name', (name, value) => {
  const message = expect.stringContaining(`${name}: "${value}" – `)
  expect(() => read({ [name]: value })).toThrow(expect.objectContaining({ code: 'config_invalid', message }))
})

test('a folder of templates is found from where the command was called', () => {
  expect(read({ COMMIT_SUITE_TEMPLATES: 'my/templates' }).templatesDir).toBe(resolve('my/templates'))
})

test('the supervisor reads the same configuration again, and finds the kubeconfig of its caller', () => {
  vi.stubEnv('KUBECONFIG', 'one.yml::/two.yml')
  const config = read({
    COMMIT_SUITE_KUBERNETES_PODS: '7',
    COMMIT_SUITE_KUBERNETES_EGRESS: '10.0.0.0/8,:443',
    COMMIT_SUITE_KUBERNETES_PULL_SECRETS: 'a,b',
    COMMIT_SUITE_KUBERNETES_WAIT: '90s',
    COMMIT_SUITE_TEMPLATES: 'my/templates',
  })
  const env = configEnvironment(config)
  expect(readConfig(env)).toEqual(config)
  expect(env.KUBECONFIG).toBe(`${resolve('one.yml')}:/two.yml`)
})
