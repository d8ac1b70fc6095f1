import type { Command } from '../contract/index.ts'
import type { Framework, TreeReader } from './framework.ts'

/** Builds and vets every test binary without running one, so that runs find a warm build cache in their HOME. */
const WARM_UP: Command = { shell: 'go test -exec true ./... || true' }

export const go: Framework = {
  name: 'go',
  projectType: 'go',
  mentionedIn: /(?:^|[\s/;&|("'])(?:go\s+test|gotestsum)(?:$|[\s;&|)"'])/,
  detect: (files) => files.exists('go.mod'),
  async setup(files) {
    return (await needsDownload(files)) ? [{ shell: 'go mod download' }, WARM_UP] : [WARM_UP]
  },
  command: async () => ({ shell: 'go test ./...' }),
  plugins: async () => [],
  seedEnvironment: (seed, base) => ('GO_TEST_SEED' in base ? {} : { GO_TEST_SEED: String(seed) }),
  /** Without -count=1 Go answers a repeated test from its result cache instead of running it. */
  environment: (base) => ({ GOFLAGS: [base.GOFLAGS, '-count=1'].filter((flags) => flags).join(' ') }),
}

async function needsDownload(files: TreeReader): Promise<boolean> {
  if (await files.exists('vendor/modules.txt')) return false
  return /^[ \t]*require\b/m.test((await files.read('go.mod')) ?? '')
}
