import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ownFormSchema, projectFormSchema } from '../../../src/cli/config-file/own-form.ts'
import { readConfigFile } from '../../../src/cli/config-file/read-config-file.ts'
import { suiteRequestSchema } from '../../../src/contract/index.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'config-file-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

async function read(text: string, name = 'suite.yml') {
  const path = join(folder, name)
  await writeFile(path, text)
  return readConfigFile(path)
}
const example = (name: string) => readConfigFile(join(import.meta.dirname, '../../../examples', name))

describe('the examples are read', () => {
  test('our own form', async () => {
    const options = await example('commit-suite.yml')
    expect(options).toEqual({
      repo: 'https://github.com/example/parcels.git',
      commits: ['main~5..main'],
      command: { shell: 'pytest tests/' },
      setup: { shell: 'pip install -r requirements.txt' },
      runs: 50,
      parallelism: 8,
      timeoutMs: 90_000,
      isolation: 'sandbox',
      env: { LANG: 'C.UTF-8' },
      secretEnv: ['STAGING_TOKEN'],
      limits: { memoryBytes: 2 ** 30, processes: 256 },
      keep: 'failed',
      junit: 'commit-suite.xml',
    })
    const { junit: _, ...request } = options
    expect(suiteRequestSchema.safeParse(request).success).toBe(true)
  })

  test("a WebSocket client's config.json", async () => {
    expect(await example('client-config.json')).toEqual({
      gatewayUrl: 'http://localhost:8080',
      repo: 'https://github.com/example/shelf.git',
      projectType: 'fastapi',
      command: { shell: 'pytest tests/' },
      commits: ['HEAD~2', 'HEAD~1', 'HEAD'],
    })
  })

  test('a job, its command split as a shell would', async () => {
    expect(await example('job.json')).toEqual({
      repo: 'https://github.com/example/parcels.git',
      command: { argv: ['python3', '-m', 'pytest', '-k', 'routing and not slow'] },
      runs: 100,
      parallelism: 10,
    })
  })
})

test('our own form knows every option of a suite', () => {
  // Set by replay, by a gateway and by searches alone; of a cluster a file names the context.
  const notInFiles = new Set(['attemptBase', 'session', 'network', 'job', 'partOf', 'cluster'])
  const options = Object.keys(suiteRequestSchema.shape).filter((name) => !notInFiles.has(name))
  expect(Object.keys(ownFormSchema.shape)).toEqual(expect.arrayContaining([...options, 'context']))
})

test('a project says nothing of whose cluster its runs happen on', () => {
  expect(projectFormSchema.shape).not.toHaveProperty('context')
  expect(projectFormSchema.shape).toHaveProperty('executor')
})

test('only what a file says is set', async () => {
  expect(await read('runs: 3\n')).toEqual({ runs: 3 })
})

test.each([
  ['setup: null', { setup: null }],
  ['setup: false', { setup: null }],
  ['command: {argv: [go, test]}', { command: { argv: ['go', 'test'] } }],
  ['commits: [a, b]', { commits: ['a', 'b'] }],
  ['commits: a, b', { commits: ['a', 'b'] }],
  ['{executor: kubernetes, isolation: warm}', { executor: 'kubernetes', isolation: 'warm' }],
  ['context: staging', { cluster: { context: 'staging' } }],
  ['timeout: 5m', { timeoutMs: 300_000 }],
  ['{\n\t"runs": 2,\n\t"seed": 7\n}', { runs: 2, seed: 7 }],
  ['ws_url: wss://x.example/base/ws/', { gatewayUrl: 'https://x.example/base' }],
  ['{"repo_url": "r", "test_command": null}', { repo: 'r' }],
  ['{"repo": "r", "test_command": "a", "runs": null}', { repo: 'r', command: { argv: ['a'] } }],
])('%j', async (text, expected) => {
  expect(await read(text)).toEqual(expected)
})

describe('a bad file is an error that names file, line, key, value and rule', () => {
  test.each([
    ['runs: 10\nparalelism: 3\n', /suite\.yml:2: paralelism: 3 – is not a known key\. Did you mean parallelism\?/],
    ['project-type: go\n', /:1: project-type: "go" – is not a known key\. Did you mean projectType\?/],
    ['frobnicate: 1\n', /:1: frobnicate: 1 – is not a known key\. Known keys: id, repo/],
    ['runs: ten\n', /:1: runs: "ten" – .*number/],
    ['runs: 0\n', /:1: runs: 0 – .*1/],
    ['runs: 100001\n', /:1: runs: 100001 – .*100000/],
    ['seeds: [1, 2, 0]\n', /:1: seeds\.2: 0 – /],
    ['timeout: soon\n', /:1: timeout: "soon" – must be a number or text such as 90s/],
    ['timeout: 1ms\n', /:1: timeout: "1ms" – .*1000/],
    ['command: ""\n', /:1: command: "" – must not be empty/],
    ['command: 3\n', /:1: command: 3 – must be a line for the shell/],
    ['env: {"A B": c}\n', /:1: env\.A B: /],
    ['limits:\n  memory: 1\n', /:2: limits\.memory: 1 – is not a known key/],
    ['limits: {memoryBytes: lots}\n', /:1: limits\.memoryBytes: "lots" – .*512MiB/],
    ['gatewayUrl: file:///x\n', /:1: gatewayUrl: "file:\/\/\/x" – must be an http or https URL/],
    ['{"ws_url": "http://x/ws"}', /:1: ws_url: "http:\/\/x\/ws" – must be a ws or wss URL/],
    ['{"ws_url": "ws://x/ws", "runs": 3}', /:1: runs: 3 – is not a known key\. Known keys: ws_url/],
    ['{"repo_url": "r", "commits": "HEAD"}', /:1: commits: "HEAD" – .*array/],
    ['{"test_command": "x", "runs": 1}', /repo: undefined – .*string/],
    ['{"repo": "r", "test_command": "pytest \'x"}', /:1: test_command: .* – has a quote that is not closed/],
    ['{"repo": "r", "test_command": " "}', /:1: test_command: " " – must not be empty/],
    ['- a list\n', /:1: the document: \["a list"\] – .*object/],
    ['', /the document: null – .*object/],
    ['executor: docker\n', /:1: executor: "docker" – /],
    ['context: ""\n', /:1: context: "" – /],
    ['runs: 1\nruns: 2\n', /suite\.yml:2: .*unique/],
    ['runs: [1\n', /suite\.yml:\d: /],
    ['command: !!js/function "x"\n', /suite\.yml:1: .*tag/],
  ])('%j', async (text, message) => {
    await expect(read(text)).rejects.toMatchObject({ code: 'config_invalid', message: expect.stringMatching(message) })
  })

  test('a file that is missing, a folder or far too large', async () => {
    await expect(readConfigFile(join(folder, 'none.yml'))).rejects.toThrow(/none\.yml" – no such file/)
    await expect(readConfigFile(folder)).rejects.toThrow(/must be a file/)
    await expect(read(`# ${'x'.repeat(1024 * 1024)}`)).rejects.toThrow(/1 MiB/)
  })
})
