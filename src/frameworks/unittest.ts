import type { Framework } from './framework.ts'
import { matchingFiles } from './matching-files.ts'
import { readPythonProject } from './python/python-project.ts'
import { pythonSetup } from './python/python-setup.ts'
import { PYTHON_TEST_FILE, TEST_FOLDERS, usesUnittest } from './python/test-files.ts'
import { cannotShuffle } from './shuffling.ts'

export const unittest: Framework = {
  name: 'unittest',
  projectType: 'python',
  mentionedIn: /(?:^|\s)-m\s*unittest(?:$|[\s;&|)"'])/,
  async detect(files) {
    return (await matchingFiles(files, TEST_FOLDERS, PYTHON_TEST_FILE)).some(usesUnittest)
  },
  setup: async (files) => pythonSetup(await readPythonProject(files), undefined),
  command: async () => ({ shell: 'python3 -m unittest' }),
  plugins: async () => [],
  seedEnvironment: (seed, base) => ('PYTHONHASHSEED' in base ? {} : { PYTHONHASHSEED: String(seed) }),
  environment: () => ({}),
  report: undefined,
  shuffle: cannotShuffle('unittest has no random order of tests'),
}
