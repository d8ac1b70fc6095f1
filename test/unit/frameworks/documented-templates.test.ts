import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { loadTemplate } from '../../../src/frameworks/templates.ts'

const PAGE = join(import.meta.dirname, '../../../docs/templates.md')

let userDir: string
beforeEach(async () => {
  userDir = await mkdtemp(join(tmpdir(), 'documented-'))
})
afterEach(() => rm(userDir, { recursive: true, force: true }))

test('the examples of the page on templates load as they stand there', async () => {
  const blocks = [...(await readFile(PAGE, 'utf8')).matchAll(/^```yaml\n(.*?)^```/gms)].map(([, text]) => text ?? '')
  expect(blocks).toHaveLength(2)
  await mkdir(join(userDir, 'ours'))
  await writeFile(join(userDir, 'ours', 'template.yaml'), blocks[0] ?? '')
  await writeFile(join(userDir, 'ours', 'test-pod.yaml'), blocks[1] ?? '')
  const { image, reports, artifacts, pod } = await loadTemplate('ours', { userDir })
  expect({ reports, artifacts }).toEqual({ reports: ['report.xml'], artifacts: ['logs/*.log', 'screenshots/**'] })
  expect(pod?.spec.containers[0]?.image).toBe(image)
  expect(pod?.spec.initContainers?.[0]?.name).toBe('db')
})
