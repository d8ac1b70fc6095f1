import type { TreeReader } from '../framework.ts'
import { readPyproject, TEST_SETS } from './pyproject.ts'
import { namesInRequirements, requirementName } from './requirements.ts'

/** Everything that our set-up would install for a Python project, found without running it. */
export interface PythonProject {
  /** In the order of installation. */
  requirementFiles: string[]
  /** The project itself is installed, editable, with these extras; undefined where it is no package. */
  editable: { extras: string[] } | undefined
  /** Requirements of pyproject.toml that no editable installation brings. */
  requirements: string[]
  lockedBy: 'uv' | 'poetry' | undefined
  /** Normalised names of all that is installed by name. */
  installs: ReadonlySet<string>
  configuresPytest: boolean
  /** Some file says that this is Python at all. */
  hasMarks: boolean
}

const TEST_REQUIREMENTS = [
  'requirements-test.txt',
  'requirements-tests.txt',
  'requirements_test.txt',
  'test-requirements.txt',
  'test_requirements.txt',
  'requirements/test.txt',
  'requirements/tests.txt',
  'tests/requirements.txt',
  'requirements-dev.txt',
  'requirements_dev.txt',
  'dev-requirements.txt',
  'requirements/dev.txt',
] as const

export async function readPythonProject(files: TreeReader): Promise<PythonProject> {
  const [pyproject, setupPy, setupCfg] = await Promise.all([
    readPyproject(files),
    files.exists('setup.py'),
    files.read('setup.cfg'),
  ])
  const requirementFiles = await findRequirementFiles(files)
  const extra = firstSet(pyproject?.extras ?? {})
  const group = firstSet(pyproject?.groups ?? {})
  const isPackage = pyproject?.isPackage === true || setupPy
  const declared = [
    ...(pyproject?.dependencies ?? []),
    ...(extra === undefined ? [] : (pyproject?.extras[extra] ?? [])),
  ]
  const grouped = group === undefined ? [] : (pyproject?.groups[group] ?? [])
  const fromFiles = await Promise.all(requirementFiles.map((path) => namesInRequirements(files, path)))
  const byName = [...declared, ...grouped].map(requirementName).filter((name) => name !== undefined)
  return {
    requirementFiles,
    editable: isPackage ? { extras: extra === undefined ? [] : [extra] } : undefined,
    requirements: isPackage ? grouped : [...declared, ...grouped],
    lockedBy: await lockOf(files),
    installs: new Set([...fromFiles.flatMap((names) => [...names]), ...byName]),
    configuresPytest: pyproject?.configuresPytest === true || /^\[tool:pytest\]/m.test(setupCfg ?? ''),
    hasMarks: pyproject !== undefined || setupPy || setupCfg !== undefined || requirementFiles.length > 0,
  }
}

async function findRequirementFiles(files: TreeReader): Promise<string[]> {
  const found: string[] = []
  if (await files.exists('requirements.txt')) found.push('requirements.txt')
  for (const path of TEST_REQUIREMENTS) {
    if (await files.exists(path)) return [...found, path]
  }
  return found
}

async function lockOf(files: TreeReader): Promise<'uv' | 'poetry' | undefined> {
  if (await files.exists('uv.lock')) return 'uv'
  return (await files.exists('poetry.lock')) ? 'poetry' : undefined
}

const firstSet = (sets: Record<string, unknown>): string | undefined =>
  TEST_SETS.find((name) => Object.hasOwn(sets, name))
