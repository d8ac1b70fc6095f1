import type { TreeReader } from '../framework.ts'

const MOST_FILES = 20
const INCLUSION = /^\s*(?:-r|--requirement)[\s=]+(\S+)/
const NAME = /^\s*([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)/

/** Project name of a requirement such as `Pytest_Randomly[x]>=3; python_version > "3"`, normalised as PEP 503 says. */
export function requirementName(requirement: string): string | undefined {
  return NAME.exec(requirement)?.[1]
    ?.toLowerCase()
    .replace(/[-_.]+/g, '-')
}

/** Names a requirements file asks for, the files it includes with `-r` among them, each read once. */
export async function namesInRequirements(files: TreeReader, path: string): Promise<Set<string>> {
  const names = new Set<string>()
  const waiting = [path]
  const seen = new Set(waiting)
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const line of ((await files.read(next)) ?? '').split('\n')) {
      const included = INCLUSION.exec(line)?.[1]
      const target = included === undefined ? undefined : besides(next, included)
      if (target !== undefined && !seen.has(target) && seen.size < MOST_FILES) {
        seen.add(target)
        waiting.push(target)
      }
      const name = included === undefined ? requirementName(line) : undefined
      if (name !== undefined) names.add(name)
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
