import { defineConfig } from 'vitest/config'

const tier = (name: string, testTimeout: number) => ({
  test: { name, include: [`test/${name}/**/*.test.ts`], testTimeout, hookTimeout: testTimeout, pool: 'forks' as const },
})

/** One project per tier; `root` needs root, the rest does not. */
export default defineConfig({
  test: {
    projects: [
      tier('unit', 20_000),
      tier('workflows', 60_000),
      tier('integration', 60_000),
      tier('e2e', 300_000),
      tier('faults', 300_000),
      tier('replay', 60_000),
      tier('root', 120_000),
    ],
  },
})
