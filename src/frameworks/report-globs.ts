import type { Template } from './templates.ts'

/**
 * Globs of what to keep from a run, relative to its working directory: the suite's reports, else those of its
 * template and those that are found or asked for by themselves, and the template's artifacts in any case.
 */
export function reportGlobs(
  { reports, artifacts }: Pick<Template, 'reports' | 'artifacts'>,
  suiteReports: string | undefined,
  found: readonly string[] = [],
): string[] {
  return [...new Set([...(suiteReports === undefined ? [...reports, ...found] : [suiteReports]), ...artifacts])]
}
