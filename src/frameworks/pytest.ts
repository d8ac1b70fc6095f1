import type { Framework, SeedPlugin, ShuffledProject } from './framework.ts'
import { matchingFiles } from './matching-files.ts'
import { readPythonProject } from './python/python-project.ts'
import { pythonSetup } from './python/python-setup.ts'
import { PYTHON_TEST_FILE, TEST_FOLDERS, usesUnittest } from './python/test-files.ts'
import { askForReport, canAskForReport, PYTEST_CONFIGS } from './reports/pytest-report.ts'
import { textOf, withOptions } from './shuffling.ts'

const SEED_PLUGINS: readonly SeedPlugin[] = ['pytest-randomly', 'hypothesis']
const SEED_OPTION = { 'pytest-randomly': '--randomly-seed', hypothesis: '--hypothesis-seed' } as const

export const pytest: Framework = {
  name: 'pytest',
  projectType: 'python',
  mentionedIn: /(?:^|[\s/;&|("'])(?:pytest|py\.test)(?:$|[\s;&|)"'])/,
  async detect(files) {
    const project = await readPythonProject(files)
    if (project.configuresPytest || project.installs.has('pytest')) return true
    const marks = ['pytest.ini', '.pytest.ini', 'conftest.py', 'tests/conftest.py', 'test/conftest.py']
    for (const path of marks) if (await files.exists(path)) return true
    if (/^\[pytest\]/m.test((await files.read('tox.ini')) ?? '')) return true
    const tests = await matchingFiles(files, TEST_FOLDERS, PYTHON_TEST_FILE)
    return tests.some((text) => /^[ \t]*(?:import|from)[ \t]+pytest\b/m.test(text) || isPlainStyle(text))
  },
  setup: async (files, { shuffle }) =>
    pythonSetup(await readPythonProject(files), 'pytest', shuffle ? ['pytest-randomly'] : []),
  command: async () => ({ shell: 'python3 -m pytest' }),
  async plugins(files, { shuffle }) {
    const { installs } = await readPythonProject(files)
    return SEED_PLUGINS.filter((plugin) => installs.has(plugin) || (shuffle && plugin === 'pytest-randomly'))
  },
  seedEnvironment(seed, base, plugins) {
    const options = plugins.map((plugin) => `${SEED_OPTION[plugin]}=${seed}`)
    return {
      ...('PYTHONHASHSEED' in base ? {} : { PYTHONHASHSEED: String(seed) }),
      ...(options.length === 0 ? {} : { PYTEST_ADDOPTS: withOptions(base.PYTEST_ADDOPTS, options) }),
    }
  },
  environment: () => ({}),
  report: { fits: canAskForReport, environment: askForReport },
  /** With its seed pytest-randomly shuffles by itself. */
  shuffle: { hindrance: whyNotRandomly, environment: () => ({}) },
}

async function whyNotRandomly({ files, command, plugins }: ShuffledProject): Promise<string | undefined> {
  if (!plugins.includes('pytest-randomly')) {
    return 'pytest is shuffled by pytest-randomly, which only the set-up that is found by itself is known to install'
  }
  const settings = await Promise.all(PYTEST_CONFIGS.map((name) => files.read(name)))
  const off = [textOf(command), ...settings].some((text) => /no:randomly|--randomly-dont-reorganize/.test(text ?? ''))
  return off ? 'the command or the settings of pytest switch pytest-randomly off' : undefined
}

/** Test functions outside any class, which only pytest collects. */
const isPlainStyle = (text: string): boolean => /^(?:async )?def test_/m.test(text) && !usesUnittest(text)
