import type { Command } from '../contract/index.ts'
import type { TreeReader } from './framework.ts'
import { nodeSetup } from './node/node-setup.ts'
import { readPackageJson } from './node/package-json.ts'
import { readPythonProject } from './python/python-project.ts'
import { pythonSetup } from './python/python-setup.ts'

/** A project whose language is plain although no framework is: it can be set up, and perhaps has a test script. */
interface KnownLanguage {
  projectType: string
  setup: Command[]
  command: Command | undefined
}

/** The language of a commit in which no framework was recognised: Python before Node. */
export async function detectLanguage(files: TreeReader): Promise<KnownLanguage | undefined> {
  const python = await readPythonProject(files)
  if (python.hasMarks) return { projectType: 'python', setup: pythonSetup(python, undefined), command: undefined }
  const pkg = await readPackageJson(files)
  if (pkg === undefined) return undefined
  const command = pkg.testScript === '' ? undefined : { shell: 'npm test' }
  return { projectType: 'node', setup: await nodeSetup(files), command }
}
