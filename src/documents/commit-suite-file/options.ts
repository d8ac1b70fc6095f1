/**
 * Options of `run` that `.commit-suite.yml` may hold besides. They are read from the working tree of whoever starts a
 * suite and mean nothing in a tested commit. MAINTENANCE: the keys of the project form of src/cli/config-file (a test
 * compares them).
 */
export const OPTION_KEYS: readonly string[] = [
  ...['repo', 'commits', 'firstParent', 'command', 'workdir', 'setup', 'runs', 'seeds', 'seed', 'parallelism'],
  ...['timeout', 'timeoutMs', 'projectType', 'executor', 'isolation', 'until', 'maxFlakeRate', 'confidence'],
  ...['shuffle', 'reports', 'env', 'secretEnv', 'limits', 'keep', 'priority'],
  ...['junit', 'output', 'detach', 'follow', 'json'],
]
