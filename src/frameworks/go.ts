import type { Command } from '../contract/index.ts'
import type { Framework, TreeReader } from './framework.ts'
import { withOptions } from './shuffling.ts'

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
  /** The plain output names only the tests that fail; `commit-suite logs` shows these events as text. */
  command: async () => ({ shell: 'go test -json ./...' }),
  plugins: async () => [],
  seedEnvironment: (seed, base) => ('GO_TEST_SEED' in base ? {} : { GO_TEST_SEED: String(seed) }),
  /** Without -count=1 Go answers a repeated test from its result cache instead of running it. */
  environment: (base) => ({ GOFLAGS: withOptions(base.GOFLAGS, ['-count=1']) }),
  /** GOFLAGS=-json would be taken by `go vet` and `go list` too, whose output and exit codes it changes. */
  report: undefined,
  shuffle: {
    hindrance: async () => undefined,
    environment: (seed, { GOFLAGS = '' }) =>
      GOFLAGS.includes('-shuffle') ? {} : { GOFLAGS: withOptions(GOFLAGS, [`-shuffle=${seed}`]) },
  },
}

async function needsDownload(files: TreeReader): Promise<boolean> {
  if (await files.exists('vendor/modules.txt')) return false
  return /^[ \t]*require\b/m.test((await files.read('go.mod')) ?? '')
}
