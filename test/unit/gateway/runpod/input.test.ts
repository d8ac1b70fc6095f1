import { describe, expect, it } from 'vitest'
import { ID_PATTERN, parseSuiteRequest } from '../../../../src/contract/index.ts'
import { jobRequest } from '../../../../src/gateway/faces/runpod/input.ts'

const REPO = 'https://example.org/repo.git'
const asked = (input: unknown, besides = {}) =>
  jobRequest({ input, ...besides }, { endpoint: 'flaky', key: 'ci', executor: 'local' })

describe('the input of a job', () => {
  it('becomes a suite of one commit, its command in words', () => {
    const { id, ...request } = asked({
      repo: REPO,
      test_command: "pytest -k 'a b'",
      commit: 'v1.2',
      runs: 100,
      parallelism: 10,
      framework: 'typescript-jest',
    })
    expect(request).toEqual({
      repo: REPO,
      commits: ['v1.2'],
      command: { argv: ['pytest', '-k', 'a b'] },
      runs: 100,
      parallelism: 10,
      projectType: 'node',
      job: { endpoint: 'flaky', framework: 'typescript-jest' },
      executor: 'local',
      network: { key: 'ci' },
    })
    expect(id).toMatch(ID_PATTERN)
    expect(() => parseSuiteRequest({ id, ...request })).not.toThrow()
  })

  it('leaves open what it does not say, null included', () => {
    const nothing = { commit: null, runs: null, parallelism: null, framework: null, test_command: null }
    for (const input of [{ repo: REPO }, { repo: REPO, ...nothing }]) {
      const { id: _, ...request } = asked(input)
      expect(request).toEqual({
        repo: REPO,
        commits: ['HEAD'],
        job: { endpoint: 'flaky' },
        executor: 'local',
        network: { key: 'ci' },
      })
    }
  })

  it('ignores what is not known, by name', () => {
    expect(asked({ repo: REPO, run: 3, verbose: true }, { webhook: 'https://example.org' }).job).toEqual({
      endpoint: 'flaky',
      ignored: ['webhook', 'run', 'verbose'],
    })
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`${'x'.repeat(200)}${index}`, 1]))
    expect(() => parseSuiteRequest(asked({ repo: REPO, ...many }))).not.toThrow()
  })

  it.each([
    [{}, 'repo: null – is required: a URL of 1 to 4096 characters.'],
    [{ repo: '' }, 'repo: "" – is required: a URL of 1 to 4096 characters.'],
    [{ repo: REPO, runs: 0 }, 'runs: 0 – must be an integer from 1 to 1000.'],
    [{ repo: REPO, runs: 1001 }, 'runs: 1001 – must be an integer from 1 to 1000.'],
    [{ repo: REPO, runs: 1.5 }, 'runs: 1.5 – must be an integer from 1 to 1000.'],
    [{ repo: REPO, runs: '10' }, 'runs: "10" – must be an integer from 1 to 1000.'],
    [{ repo: REPO, parallelism: 0 }, 'parallelism: 0 – must be an integer from 1 to 50.'],
    [{ repo: REPO, parallelism: 51 }, 'parallelism: 51 – must be an integer from 1 to 50.'],
    [{ repo: REPO, test_command: '' }, 'test_command: "" – must be text of 1 to 8192 characters.'],
    [{ repo: REPO, test_command: '  ' }, 'test_command: "  " – must not be blank.'],
    [{ repo: REPO, test_command: 'a "b' }, 'test_command: "a \\"b" – must close every quote and escape.'],
    [{ repo: REPO, commit: 'a..b' }, 'commit: "a..b" – must name one commit, in 1 to 1024 characters.'],
    [{ repo: REPO, commit: 'a,b' }, 'commit: "a,b" – must name one commit, in 1 to 1024 characters.'],
    [
      { repo: REPO, framework: 'rspec' },
      'framework: "rspec" – must be one of python, go, typescript-jest, typescript-vitest, javascript-mocha.',
    ],
    ['text', 'input: "text" – must be an object. Send {"input": {"repo": "…", …}}.'],
    [undefined, 'input: null – must be an object. Send {"input": {"repo": "…", …}}.'],
  ])('%j is refused by field, value and bounds', (input, message) => {
    expect(() => asked(input)).toThrow(message)
  })

  it('is refused with its length where a command is too long, without repeating it all', () => {
    expect(() => asked({ repo: REPO, test_command: 'x'.repeat(8193) })).toThrow(
      /^test_command: "x{199}… – must be text of 1 to 8192 characters\.$/,
    )
  })

  it('has an endpoint of a plain name', () => {
    expect(() => jobRequest({ input: { repo: REPO } }, { endpoint: 'a b', key: null, executor: 'local' })).toThrow(
      /^endpoint: "a b" – must be letters/,
    )
  })
})
