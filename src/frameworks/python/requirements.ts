import type { TreeReader } from '../framework.ts'

const DEEPEST_INCLUDE = 5
const NAME = /^\s*([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)/

/** Project name of a requirement such as `Pytest_Randomly[x]>=3; python_version > "3"`, normalised as PEP 503 says. */
export function requirementName(requirement: string): string | undefined {
  return NAME.exec(requirement)?.[1]
    ?.toLowerCase()
    .replace(/[-_.]+/g, '-')
}

/** Names a requirements file asks for, the files it includes with `-r` among them. */
export async function namesInRequirements(files: TreeReader, path: string, depth = 0): Promise<string[]> {
  const text = depth > DEEPEST_INCLUDE ? undefined : await files.read(path)
  const names: string[] = []
  for (const line of (text ?? '').split('\n')) {
    const included = /^\s*(?:-r|--requirement)[\s=]+(\S+)/.exec(line)?.[1]
    if (included !== undefined) {
      const target = besides(path, included)
      if (target !== undefined) names.push(...(await namesInRequirements(files, target, depth + 1)))
    } else {
      const name = requirementName(line)
      if (name !== undefined) names.push(name)
    }
  }
  return names
}

/** Path of a file included from another one; undefined where it leaves the tree. */
function besides(path: string, included: string): string | undefined {
  const parts = path.split('/').slice(0, -1)
  for (const part of included.split('/')) {
    if (part === '..') {
      if (parts.pop() === undefined) return undefined
    } else if (part !== '.' && part !== '') parts.push(part)
  }
  return parts.join('/')
}
