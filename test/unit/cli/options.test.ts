import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runCommandLine } from '../../../src/cli/program.ts'
import { buildRequest } from '../../../src/cli/request/build.ts'
import { namedAsOption } from '../../../src/cli/request/option-rules.ts'
import { withOwnKubeconfig } from '../../../src/cli/request/own-kubeconfig.ts'
import type { RawRequest, SuiteFlags } from '../../../src/cli/request/parse-flags.ts'
import { readConfig } from '../../../src/config.ts'
import { invalidInput, suiteRequestSchema } from '../../../src/contract/index.ts'
import { testCli } from './fixture.ts'

let folder: string
beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'options-')))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const build = (flags: SuiteFlags, defaults: RawRequest = {}) => buildRequest(flags, defaults, folder)

describe('bad input is refused before anything is started, naming option, value and rule', () => {
  const cases: [string[], string][] = [
    [['--runs', '0'], '--runs: "0" – must be a whole number from 1 to 100,000.'],
    [['--runs', '100001'], '--runs: "100001" – must be a whole number from 1 to 100,000.'],
    [['--runs', 'ten'], '--runs: "ten" – must be a whole number from 1 to 100,000.'],
    [['--runs', '1.5'], '--runs: "1.5" – must be a whole number from 1 to 100,000.'],
    [['--runs', ''], '--runs: "" – must be a whole number from 1 to 100,000.'],
    [['--memory', '1MiB'], '--memory: 1048576 – must be at least 16MiB.'],
    [['--processes', 'many'], '--processes: "many" – must be a whole number from 4 to 1,000,000.'],
    [['--cpus', '0'], '--cpus: 0 – must be a number above 0, at most 1,024.'],
    [['--parallelism', '0'], '--parallelism: "0" – must be a whole number from 1 to 1,000.'],
    [['--seeds', '7,8,7'], '--seeds: 7 – each seed may be given once.'],
    [['--seeds', '7,x'], '--seeds: "x" – must be 1 to 100,000 whole numbers from 1 to 2147483647.'],
    [['--seeds', '0'], '--seeds: 0 – must be 1 to 100,000 whole numbers from 1 to 2147483647.'],
    [['--seeds', '1,2', '--runs', '3'], '--runs: 3 – the 2 seeds set the number of runs. Leave runs out.'],
    [['--seeds', '1,2', '--seed', '3'], '--seed: 3 – cannot be combined with seeds. Leave seed out.'],
    [['--until', 'tomorrow'], '--until: "tomorrow" – must be verdict.'],
    [['--until', 'verdict', '--max-flake-rate', '2'], '--max-flake-rate: "2" – must be a rate from 0.0001 to 0.9.'],
    [['--until', 'verdict', '--max-flake-rate', '5%'], '--max-flake-rate: "5%" – must be a rate from 0.0001 to 0.9.'],
    [['--until', 'verdict', '--confidence', '0.5'], '--confidence: "0.5" – must be above 0.5, at most 0.9999.'],
    [['--max-flake-rate', '0.1'], '--max-flake-rate: 0.1 – needs until verdict. Add it, or leave this out.'],
    [['--confidence', '0.9'], '--confidence: 0.9 – needs until verdict. Add it, or leave this out.'],
    [['--seed', '2147483648'], '--seed: "2147483648" – must be a whole number from 1 to 2147483647.'],
    [['--command', '  '], '--command: "  " – must not be empty.'],
    [['--setup', ''], '--setup: "" – must not be empty.'],
    [
      ['--id', 'Nightly_1'],
      '--id: "Nightly_1" – must be lower-case letters, digits and hyphens, 1 to 40 of them, not a hyphen first.',
    ],
    [['--env', '1BAD=x'], '--env: "1BAD" – the name of an environment variable is letters, digits and _.'],
    [['--env', 'NOVALUE'], '--env: "NOVALUE" – must be NAME=VALUE.'],
    [['--secret-env', 'A-B'], '--secret-env: "A-B" – the name of an environment variable is letters, digits and _.'],
    [['--timeout', '5'], '--timeout: "5" – must be a number with a unit: 500ms, 90s, 5m, 1h or 1d.'],
    [['--timeout', '10ms'], '--timeout: "10ms" – must be from 1s to 24h.'],
    [['--isolation', 'none'], '--isolation: "none" – must be process or sandbox (local), pod or warm (kubernetes).'],
    [['--isolation', 'pod'], '--isolation: "pod" – must be process or sandbox with executor local.'],
    [
      ['--executor', 'kubernetes', '--isolation', 'sandbox'],
      '--isolation: "sandbox" – must be pod or warm with executor kubernetes.',
    ],
    [['--executor', 'docker'], '--executor: "docker" – must be local or kubernetes.'],
    [
      ['--context', 'staging'],
      '--context: "staging" – needs executor kubernetes. Leave it out, or choose that executor.',
    ],
    [
      ['--kubeconfig', '/etc/kubeconfig'],
      '--kubeconfig: "/etc/kubeconfig" – needs executor kubernetes. Leave it out, or choose that executor.',
    ],
    [
      ['--executor', 'kubernetes', '--context', ''],
      '--context: "" – must be the name of a context, 1 to 253 characters.',
    ],
    [['--keep', 'maybe'], '--keep: "maybe" – must be never, failed or always.'],
    [
      ['--commits', 'HEAD,,main'],
      '--commits: "" – must be refs, shas, tags or ranges, comma-separated, none of them empty.',
    ],
    [['--commits', '--upload-pack=touch'], '--commits: "--upload-pack=touch" – a ref does not begin with a dash.'],
    [['--repo', '/no/such/place'], '--repo: "/no/such/place" – there is no such directory.'],
    [
      ['--repo', 'https://user:secret@example.org/a.git'],
      '--repo: "https://***@example.org/a.git" – a URL must not carry a password or token. Use a git credential helper or SSH.',
    ],
  ]
  test.each(cases)('run %j', async (args, message) => {
    const { context } = testCli({ readDefaults: async () => ({}) })
    expect(await runCommandLine(context, ['run', ...args])).toBe(2)
    expect(context.stderr.text()).toBe(`error: ${message}\n`)
    expect(context.stdout.text()).toBe('')
  })
})

test('a request says what the flags say, and is what the schema takes', () => {
  const request = build({
    repo: '.',
    commits: ['HEAD~2,HEAD', 'main..feature'],
    command: 'pytest',
    setup: false,
    seeds: '7, 11',
    timeout: '90s',
    env: ['A=1', 'B=x=y'],
    secretEnv: ['TOKEN'],
  })
  expect(request).toMatchObject({
    repo: folder,
    commits: ['HEAD~2', 'HEAD', 'main..feature'],
    command: { shell: 'pytest' },
    setup: null,
    seeds: [7, 11],
    timeoutMs: 90_000,
    env: { A: '1', B: 'x=y' },
    secretEnv: ['TOKEN'],
  })
  expect(request.id).toMatch(/^s-[a-z2-7]{10}$/)
  expect(suiteRequestSchema.safeParse(request).success).toBe(true)
})

test('URLs stay as they are, paths become absolute', () => {
  expect(build({ repo: 'git@example.org:group/a.git' }).repo).toBe('git@example.org:group/a.git')
  expect(build({ repo: 'ssh://git@example.org/a.git' }).repo).toBe('ssh://git@example.org/a.git')
  expect(build({}).repo).toBe(folder)
})

test('flags win over files; the number of runs and the seeds give way to one another', () => {
  const files = { runs: 50, command: { shell: 'make' }, env: { A: 'file', B: 'file' } }
  expect(build({ runs: '5', env: ['A=flag'] }, files)).toMatchObject({ runs: 5, env: { A: 'flag', B: 'file' } })
  expect(build({ seeds: '1,2' }, files)).not.toHaveProperty('runs')
  expect(build({ runs: '5' }, { seeds: [1, 2] })).not.toHaveProperty('seeds')
})

test('an unknown option or command is refused with what may have been meant', async () => {
  const option = testCli()
  expect(await runCommandLine(option.context, ['run', '--paralelism', '3'])).toBe(2)
  expect(option.context.stderr.text()).toContain('--parallelism')
  const command = testCli()
  expect(await runCommandLine(command.context, ['wach'])).toBe(2)
  expect(command.context.stderr.text()).toContain('watch')
})

const COMMANDS = [
  'run',
  'bisect',
  'watch',
  'show',
  'list',
  'history',
  'logs',
  'cancel',
  'pause',
  'resume',
  'replay',
  'report',
  'serve',
  'worker',
  'doctor',
  'environments',
  'gc',
  'version',
]
test.each(COMMANDS)('the help of %s stands on stderr and has an example', async (name) => {
  const { context } = testCli()
  expect(await runCommandLine(context, [name, '--help'])).toBe(0)
  expect(context.stderr.text()).toMatch(new RegExp(`Examples?:\\n  .*commit-suite ${name}`))
  expect(context.stdout.text()).toBe('')
})

test('the help of run says what each isolation is good for', async () => {
  const { context } = testCli()
  await runCommandLine(context, ['run', '--help'])
  const help = context.stderr.text()
  expect(help).toContain('guards against accidents only')
  expect(help).toMatch(/^ {2}pod +a fresh pod for every run/m)
  expect(help).toMatch(/^ {2}warm [\s\S]*only for code of one trust/m)
})

describe('executor, isolation and cluster', () => {
  test('the context of a file holds for runs in pods, and says nothing of others', () => {
    const defaults = { cluster: { context: 'staging' } }
    expect(build({}, defaults)).not.toHaveProperty('cluster')
    expect(build({ executor: 'kubernetes' }, defaults)).toMatchObject({ cluster: { context: 'staging' } })
    expect(build({}, { executor: 'kubernetes', ...defaults })).toMatchObject({ cluster: { context: 'staging' } })
  })

  test('flags add to the cluster of a file, and a path of theirs becomes absolute', () => {
    const flags = { executor: 'kubernetes', kubeconfig: 'a.yml:/b.yml' }
    expect(build(flags, { cluster: { context: 'staging' } }).cluster).toEqual({
      context: 'staging',
      kubeconfig: `${join(folder, 'a.yml')}:/b.yml`,
    })
  })

  test('another executor takes away an isolation of a file that it does not have', () => {
    const sandboxed: RawRequest = { isolation: 'sandbox' }
    expect(build({ executor: 'kubernetes' }, sandboxed)).not.toHaveProperty('isolation')
    expect(build({ executor: 'local' }, sandboxed)).toMatchObject({ isolation: 'sandbox' })
    const warm: RawRequest = { executor: 'kubernetes', isolation: 'warm' }
    expect(build({}, warm)).toMatchObject({ executor: 'kubernetes', isolation: 'warm' })
    expect(build({ executor: 'local' }, warm)).not.toHaveProperty('isolation')
  })

  const asked = async (env: NodeJS.ProcessEnv, embedded: boolean, flags: SuiteFlags) => {
    const { context } = testCli({ config: () => readConfig({ HOME: folder }), isEmbedded: async () => embedded }, env)
    const { cluster } = await withOwnKubeconfig({ ...context, cwd: folder }, build(flags))
    return cluster
  }

  test("the caller's KUBECONFIG travels to a worker of this machine, absolute, and to no other", async () => {
    const env = { KUBECONFIG: 'one.yml::/two.yml' }
    const inPods = { executor: 'kubernetes', context: 'staging' }
    expect(await asked(env, true, inPods)).toEqual({
      context: 'staging',
      kubeconfig: `${join(folder, 'one.yml')}:/two.yml`,
    })
    expect(await asked(env, false, inPods)).toEqual({ context: 'staging' })
    expect(await asked({}, true, inPods)).toEqual({ context: 'staging' })
    expect(await asked(env, true, {})).toBeUndefined()
  })

  test('--kubeconfig comes before KUBECONFIG, wherever the worker is', async () => {
    const flags = { executor: 'kubernetes', kubeconfig: '/mine.yml' }
    for (const embedded of [true, false]) {
      expect(await asked({ KUBECONFIG: '/two.yml' }, embedded, flags)).toEqual({ kubeconfig: '/mine.yml' })
    }
  })

  test('what the worker says of a cluster is worded by its options', () => {
    const said = (field: string) => namedAsOption(invalidInput(field, 'x', 'no such thing')).message
    expect(said('cluster.context')).toBe('--context: "x" – no such thing.')
    expect(said('cluster.kubeconfig')).toBe('--kubeconfig: "x" – no such thing.')
    expect(said('limits.cpus')).toBe('--cpus: "x" – no such thing.')
    expect(said('KUBECONFIG')).toBe('KUBECONFIG: "x" – no such thing.')
  })
})

test('the version is a result', async () => {
  const { context } = testCli()
  expect(await runCommandLine(context, ['--version'])).toBe(0)
  expect(context.stdout.text()).toMatch(/^\d+\.\d+\.\d+\n$/)
  expect(context.stderr.text()).toBe('')
})
