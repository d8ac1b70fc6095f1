import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { listTemplates, loadTemplate } from '../../../src/frameworks/templates.ts'

const SHIPPED = ['fastapi', 'generic', 'go', 'maven', 'node', 'python']

test('these types ship', async () => {
  expect(await listTemplates()).toEqual(SHIPPED)
})

test.each(SHIPPED)('%s names one image, without a registry, in all of its files', async (name) => {
  const { image, pod, folder } = await loadTemplate(name)
  expect(image).toMatch(/^[a-z-]+:[\w.-]+$/)
  expect(pod?.spec.containers).toEqual([expect.objectContaining({ name: 'test', image })])
  expect(await readFile(join(folder, 'Dockerfile'), 'utf8')).toContain(
    `\nARG BASE_IMAGE=${image}\nFROM \${BASE_IMAGE}\n`,
  )
})

test.each(SHIPPED)('%s asks for little and bounds all it takes', async (name) => {
  const { resources } = await loadTemplate(name)
  const all = ['cpu', 'memory', 'ephemeral-storage']
  expect(Object.keys(resources.requests)).toEqual(all)
  expect(Object.keys(resources.limits)).toEqual(all)
})
