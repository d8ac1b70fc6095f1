/** By which names a project's file may lie in a folder; the first that exists counts. */
export const PROJECT_FILES = ['.commit-suite.yml', '.commit-suite.yaml', '.commit-suite.json'] as const
