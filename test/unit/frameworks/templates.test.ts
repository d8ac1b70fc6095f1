import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { reportGlobs } from '../../../src/frameworks/report-globs.ts'
import { listTemplates, loadTemplate } from '../../../src/frameworks/templates.ts'

let userDir: string
beforeEach(async () => {
  userDir = await mkdtemp(join(tmpdir(), 'templates-'))
})
afterEach(() => rm(userDir, { recursive: true, force: true }))

async function userTemplate(name: string, text: string): Promise<void> {
  await mkdir(join(userDir, name))
  await writeFile(join(userDir, name, 'template.yaml'), text)
}

test('a template as it was before there were pods still loads', async () => {
  await userTemplate('mine', 'description: x\nframeworks: [pytest]\ncommand: tox\nreports: "*.xml"\nenv: {A: b}\n')
  expect(await loadTemplate('mine', { userDir })).toEqual({
    name: 'mine',
    description: 'x',
    frameworks: ['pytest'],
    command: { shell: 'tox' },
    reports: ['*.xml'],
    artifacts: [],
    env: { A: 'b' },
    image: undefined,
    resources: { requests: {}, limits: {} },
    pod: undefined,
    folder: join(userDir, 'mine'),
  })
})

test('image, resources, reports and artifacts are read', async () => {
  const text = 'image: a/b:1\nresources: {requests: {cpu: 2}, limits: {memory: 1Gi}}\nreports: [a, b]\nartifacts: [c]\n'
  await userTemplate('mine', text)
  expect(await loadTemplate('mine', { userDir })).toMatchObject({
    image: 'a/b:1',
    resources: { requests: { cpu: '2' }, limits: { memory: '1Gi' } },
    reports: ['a', 'b'],
    artifacts: ['c'],
  })
})

test("the suite's reports win over the template's; artifacts are kept in any case", async () => {
  const template = { reports: ['a', 'b'], artifacts: ['b', 'c'] }
  expect(reportGlobs(template, undefined)).toEqual(['a', 'b', 'c'])
  expect(reportGlobs(template, 'mine')).toEqual(['mine', 'b', 'c'])
})

test('the user wins over ours, in any letter case', async () => {
  await userTemplate('Python', 'command: tox\nsetup: [{argv: [pip, install, tox]}]\n')
  expect(await loadTemplate('PYTHON', { userDir })).toMatchObject({
    name: 'python',
    command: { shell: 'tox' },
    setup: [{ argv: ['pip', 'install', 'tox'] }],
  })
  expect(await listTemplates({ userDir })).toContain('node')
})

test("a user's folder takes the place of ours as a whole: nothing of our test-pod.yaml is left", async () => {
  await userTemplate('python', 'command: tox\n')
  expect((await loadTemplate('python')).pod).toBeDefined()
  expect(await loadTemplate('python', { userDir })).toMatchObject({ pod: undefined, image: undefined })
  await writeFile(
    join(userDir, 'python', 'test-pod.yaml'),
    '{apiVersion: v1, kind: Pod, spec: {containers: [{name: mine}]}}',
  )
  expect((await loadTemplate('python', { userDir })).pod?.spec).toEqual({ containers: [{ name: 'mine' }] })
})

test.each(['../templates/python', 'a/b', '.', '', 'python\0', '-x'])('no path is a name: %j', async (name) => {
  await expect(loadTemplate(name, { userDir })).rejects.toMatchObject({ code: 'template_not_found' })
})

describe('an invalid template names file, line, field and value', () => {
  test.each([
    ['command: pytest\nframeworks: [pytset]\n', /template\.yaml:2: frameworks\.0: "pytset"/],
    [
      'description: x\ncomand: pytest\n',
      /template\.yaml:2: comand: "pytest" – is not a known key\. Did you mean command\?/,
    ],
    ['env:\n  A: b\n  B: 3\n', /template\.yaml:3: env\.B: 3/],
    ['command: ""\n', /template\.yaml:1: command: ""/],
    ['command: "x\n', /template\.yaml:\d: /],
    ['a: 1\na: 2\n', /template\.yaml:2: .*unique/],
    ['image: "a b"\n', /template\.yaml:1: image: "a b"/],
    ['resources:\n  limits:\n    memory: lots\n', /template\.yaml:3: resources\.limits\.memory: "lots"/],
    ['resources:\n  limits: {cpu: -1}\n', /template\.yaml:2: resources\.limits\.cpu: -1/],
    ['resources:\n  limits:\n    gpu: 1\n', /template\.yaml:3: resources\.limits\.gpu: 1 – is not a known key/],
    ['reports:\n  - a\n  - 3\n', /template\.yaml:\d: reports/],
    ['artifacts: "*.log"\n', /template\.yaml:1: artifacts/],
    ['- a\n', /template\.yaml:1: the document: \["a"\]/],
  ])('%j', async (text, message) => {
    await userTemplate('mine', text)
    await expect(loadTemplate('mine', { userDir })).rejects.toMatchObject({
      code: 'template_invalid',
      message: expect.stringMatching(message),
    })
  })

  test('an alias bomb is refused', async () => {
    const levels = Array.from({ length: 12 }, (_, n) => `l${n + 1}: &l${n + 1} [${`*l${n},`.repeat(9)}]`)
    await userTemplate('mine', `l0: &l0 [x]\n${levels.join('\n')}\n`)
    await expect(loadTemplate('mine', { userDir })).rejects.toMatchObject({ code: 'template_invalid' })
  })

  test('a template without its file', async () => {
    await mkdir(join(userDir, 'mine'))
    await expect(loadTemplate('mine', { userDir })).rejects.toMatchObject({ code: 'template_invalid' })
  })
})
