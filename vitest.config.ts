import { defineConfig } from 'vitest/config'
import { TIERS, type Tier, tierDefinitions } from './scripts/tiers.ts'

const project = (name: Tier, order: number) => {
  const { timeoutMs, workers, globalSetup = [] } = tierDefinitions[name]
  return {
    test: {
      name,
      include: [`test/${name}/**/*.test.ts`],
      testTimeout: timeoutMs,
      hookTimeout: timeoutMs,
      pool: 'forks' as const,
      maxWorkers: workers,
      globalSetup,
      sequence: { groupOrder: order },
      // Subprocesses inherit it; the test process itself does not read it after its start.
      env: process.env.SUBPROCESS_COVERAGE ? { NODE_V8_COVERAGE: process.env.SUBPROCESS_COVERAGE } : {},
    },
  }
}

/** One project per tier, one after the other. */
export default defineConfig({
  test: {
    projects: TIERS.map(project),
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts', 'activities/**/*.ts', 'workflows/**/*.ts'],
      exclude: ['src/dashboard/**'],
      reporter: ['json'],
      reportsDirectory: 'coverage/in-process',
      reportOnFailure: true,
    },
  },
})
