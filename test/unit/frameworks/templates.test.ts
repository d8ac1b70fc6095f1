import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
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

test('every template that ships is valid', async () => {
  const names = await listTemplates()
  expect(names).toEqual(expect.arrayContaining(['generic', 'python', 'node', 'go', 'fastapi']))
  for (const name of names) expect(await loadTemplate(name)).toMatchObject({ name })
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
