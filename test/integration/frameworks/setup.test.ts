import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { detectFramework } from '../../../src/frameworks/detect.ts'
import { directoryTree } from '../../fixtures/directory-tree.ts'
import { makeFastapiRepository } from '../../fixtures/fastapi-repository.ts'
import { makeProject, type Project, setUp } from './project.ts'

const fixture = (name: string): string => join(import.meta.dirname, '../../fixtures', name)
const REGISTRY_TIMEOUT_MS = 180_000

const projects: Project[] = []
async function project(source?: string, programs?: string): Promise<Project> {
  const made = await makeProject(source, programs)
  projects.push(made)
  return made
}
afterEach(() => Promise.all(projects.splice(0).map((made) => made.remove())))

test(
  'a FastAPI service is set up from its pinned requirements and tested, passing then failing',
  async () => {
    const service = await project()
    await makeFastapiRepository(service.tree)
    const detected = await detectFramework(directoryTree(service.tree), 'fastapi')
    expect(detected.framework).toBe('pytest')
    await setUp(service, detected.setup)
    const broken = await service.run({ shell: 'pytest tests/' }, detected.environment(1, 0))
    expect(broken).toMatchObject({ exitCode: 1, output: expect.stringMatching(/1 failed, 5 passed/) })
    await service.run({ argv: ['git', 'checkout', '--quiet', 'HEAD~1'] })
    const good = await service.run({ shell: 'python -m pytest tests/' }, detected.environment(1, 0))
    expect(good).toMatchObject({ exitCode: 0, output: expect.stringMatching(/5 passed/) })
  },
  REGISTRY_TIMEOUT_MS,
)

/** Debian's python3 without the package python3-venv. */
const WITHOUT_ENSUREPIP = `#!/bin/sh
case "$*" in
  *--without-pip*) ;;
  "-m venv"*) echo "ensurepip is not available"; exit 1 ;;
esac
exec "$REAL_PYTHON" "$@"
`

test(
  'a host without ensurepip still gets an environment, and pytest where the requirements forget it',
  async () => {
    const parcels = await project()
    const programs = join(parcels.home, 'programs')
    const { output } = await parcels.run({ argv: ['python3', '-c', 'import sys; print(sys.executable)'] })
    await mkdir(programs)
    await writeFile(join(programs, 'python3'), WITHOUT_ENSUREPIP.replace('$REAL_PYTHON', output.trim()))
    await chmod(join(programs, 'python3'), 0o755)
    await writeFile(join(parcels.tree, 'requirements.txt'), 'iniconfig==2.1.0\n')
    await writeFile(
      join(parcels.tree, 'test_a.py'),
      'import iniconfig\n\ndef test_a():\n    assert "/.local/" in iniconfig.__file__\n',
    )
    const detected = await detectFramework(directoryTree(parcels.tree))
    const poor = {
      ...parcels,
      run: (command: Parameters<Project['run']>[0]) =>
        parcels.run(command, { PATH: `${parcels.home}/.local/bin:${programs}:${process.env.PATH}` }),
    }
    await setUp(poor, detected.setup)
    expect(await parcels.run({ shell: '"$HOME/.local/bin/pytest" -q' })).toMatchObject({ exitCode: 0 })
  },
  REGISTRY_TIMEOUT_MS,
)

test(
  "npm installs what the lock file says, and node's runner finds it",
  async () => {
    const parcels = await project(fixture('node-package'))
    const detected = await detectFramework(directoryTree(parcels.tree))
    expect(detected).toMatchObject({ framework: 'node-test', command: { shell: 'npm test' } })
    await setUp(parcels, detected.setup)
    expect(await parcels.run({ shell: 'npm test' }, detected.environment(42, 0))).toMatchObject({ exitCode: 0 })
    expect(await parcels.run({ shell: 'npm test' }, detected.environment(43, 1))).toMatchObject({ exitCode: 1 })
  },
  REGISTRY_TIMEOUT_MS,
)

test(
  "Go's tests get the seed, and its result cache does not answer for them",
  async () => {
    const parcels = await project(fixture('go-module'))
    const detected = await detectFramework(directoryTree(parcels.tree))
    expect(detected.framework).toBe('go')
    await setUp(parcels, detected.setup)
    for (const attempt of [0, 1]) {
      const ended = await parcels.run({ shell: 'go test ./...' }, detected.environment(42, attempt))
      expect(ended).toMatchObject({ exitCode: 0, output: expect.not.stringContaining('(cached)') })
    }
    expect(await parcels.run({ shell: 'go test ./...' }, detected.environment(7, 0))).toMatchObject({ exitCode: 1 })
  },
  REGISTRY_TIMEOUT_MS,
)
