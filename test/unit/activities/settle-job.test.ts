import { describe, expect, it } from 'vitest'
import { openInputs, settleJob } from '../../../activities/settle-job.ts'
import { parseSuiteRequest, type SuiteRequest, type SuiteSpec } from '../../../src/contract/index.ts'
import { detectFramework, detectionOf } from '../../../src/frameworks/detect.ts'
import type { TreeReader } from '../../../src/frameworks/framework.ts'
import { SHA, suiteSpec } from '../store/samples.ts'

/** A commit that holds these files in its root. */
const tree = (files: Record<string, string>): TreeReader => ({
  read: async (path) => files[path],
  exists: async (path) => path in files,
  list: async (path) => (path === '' ? Object.keys(files) : []),
})

/** What is settled of a request for a commit with these files. */
async function settle(asked: Partial<SuiteRequest>, files: Record<string, string>, earlier: Partial<SuiteSpec> = {}) {
  const ref = asked.job ?? { endpoint: 'flaky' }
  const request = { repo: 'https://example.org/r', ...asked, job: ref }
  const { runs, command, projectType, setup } = parseSuiteRequest(request)
  const job = { ...ref, open: openInputs(request) }
  const optional = { ...(projectType === undefined ? {} : { projectType }), ...(setup === undefined ? {} : { setup }) }
  const spec = { ...suiteSpec('job-1'), runs, parallelism: request.parallelism ?? 4, command, ...optional, ...earlier }
  const commit = tree(files)
  const project = (of: SuiteSpec) => detectFramework(commit, of.projectType, detectionOf(of))
  return await settleJob(commit, project, { ...spec, job }, SHA)
}

const PYTEST = { argv: ['pytest', '-q'] }
const file = (text: string) => ({ '.flaky-detector.yml': text })

describe('what a job leaves open', () => {
  it('comes from the file of the commit', async () => {
    const text =
      'runs: 30\nparallelism: 7\ntest_command: pytest -k "a b"\ntimeout: 90\nauto_install_dependencies: false'
    const { spec, seeds } = await settle({}, file(text))
    expect(spec).toMatchObject({ runs: 30, parallelism: 7, command: { argv: ['pytest', '-k', 'a b'] }, setup: null })
    expect(spec.job?.settled).toEqual({ framework: 'python', deadlineMs: 90_000, saveFullOutput: false, warnings: [] })
    expect(new Set(seeds).size).toBe(30)
  })

  it('is not taken from the file where the request has it', async () => {
    const asked = { runs: 3, parallelism: 2, command: PYTEST }
    const { spec, seeds } = await settle(asked, file('runs: 30\nparallelism: 7\ntest_command: go test ./...'))
    expect(spec).toMatchObject(asked)
    expect(seeds).toHaveLength(3)
  })

  it('has defaults', async () => {
    const { spec, seeds } = await settle({ command: PYTEST }, {})
    expect(spec).toMatchObject({ runs: 10, parallelism: 4 })
    expect(spec.job?.settled).toEqual({ framework: 'python', saveFullOutput: false, warnings: [] })
    expect(seeds).toHaveLength(10)
  })

  it('is settled anew for another commit, whatever an earlier one had settled', async () => {
    const before = await settle({ command: PYTEST }, file('runs: 30\nparallelism: 9'))
    const { runs, parallelism } = before.spec
    const { spec, seeds } = await settle({ command: PYTEST }, {}, { runs, parallelism })
    expect(spec).toMatchObject({ runs: 10, parallelism: 4 })
    expect(seeds).toHaveLength(10)
  })

  it('draws seeds from the range of the file, without repeating one', async () => {
    const { seeds } = await settle({ command: PYTEST }, file('runs: 20\nrandom_seed_range: {min: 5, max: 24}'))
    expect(seeds?.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, index) => index + 5))
    expect(seeds).not.toEqual(seeds?.toSorted((a, b) => a - b))
  })

  it('refuses a range of seeds that is smaller than the number of runs, the request’s included', async () => {
    await expect(settle({ runs: 21, command: PYTEST }, file('random_seed_range: {min: 5, max: 24}'))).rejects.toThrow(
      '.flaky-detector.yml: random_seed_range: {"min":5,"max":24} – holds 20 seeds, which is less than runs: 21.',
    )
  })

  it('names both places where a test command could be', async () => {
    await expect(settle({}, {})).rejects.toThrow(
      'test_command: null – is neither in the request (input.test_command) nor in .flaky-detector.yml, which commit a1a1a1a1a1a1 does not have. Give it in one of the two.',
    )
    await expect(settle({}, file('runs: 3'))).rejects.toThrow(
      'is neither in the request (input.test_command) nor in .flaky-detector.yml.',
    )
  })

  it('refuses a file with a bad value', async () => {
    await expect(settle({ command: PYTEST }, file('runs: 5000'))).rejects.toThrow(
      '.flaky-detector.yml:1: runs: 5000 – must be an integer from 1 to 1000.',
    )
  })

  it('bounds a set-up of Python only', async () => {
    const python = await settle({ command: PYTEST }, file('pip_install_timeout: 60'))
    expect(python.spec.job?.settled).toMatchObject({ setupTimeoutMs: 60_000 })
    const go = await settle({ command: { argv: ['go', 'test'] } }, file('pip_install_timeout: 60'))
    expect(go.spec.job?.settled).not.toHaveProperty('setupTimeoutMs')
  })

  it('has the warnings of all files that say something of its tests', async () => {
    const files = { ...file('colour: blue'), '.commit-suite.yml': 'quarantin: [a]' }
    expect((await settle({ command: PYTEST }, files)).spec.job?.settled?.warnings).toEqual([
      '.commit-suite.yml:1: "quarantin" is not a known key. Did you mean quarantine?',
      '.flaky-detector.yml:1: "colour" is not a known key.',
    ])
    await expect(settle({ command: PYTEST }, { '.commit-suite.yml': 'ignore: x' })).rejects.toThrow(
      '.commit-suite.yml:1: ignore: "x" – must be a list of at most 1000 globs.',
    )
  })
})

describe('the framework of a job', () => {
  const named = async (asked: Partial<SuiteRequest>, files: Record<string, string>) =>
    (await settle(asked, files)).spec.job?.settled?.framework

  it('is what the client asked for, with the seed variable of that framework', async () => {
    const job = { endpoint: 'flaky', framework: 'typescript-jest' } as const
    const asked = { command: { argv: ['npm', 'test'] }, projectType: 'node', job }
    const files = { 'package.json': '{"devDependencies":{"vitest":"1"}}' }
    const { spec } = await settle(asked, files)
    expect(spec.job?.settled?.framework).toBe('typescript-jest')
    const detected = await detectFramework(tree(files), spec.projectType, detectionOf(spec))
    expect(detected.environment(7, 0)).toMatchObject({ JEST_SEED: '7', TEST_SEED: '7', ATTEMPT: '0' })
  })

  it('else is detected, by the client’s name for it', async () => {
    const command = { argv: ['make', 'check'] }
    expect(await named({ command }, { 'package.json': '{"devDependencies":{"vitest":"1"}}' })).toBe('typescript-vitest')
    expect(await named({ command }, { 'go.mod': 'module x' })).toBe('go')
    expect(await named({ command }, { 'requirements.txt': 'requests' })).toBe('python')
  })

  it('is null where nothing is detected, which is no error and no set-up', async () => {
    const { spec } = await settle({ command: { argv: ['./check'] } }, { check: '' })
    expect(spec.job?.settled?.framework).toBeNull()
    expect((await detectFramework(tree({ check: '' }), undefined, detectionOf(spec))).setup).toEqual([])
  })
})
