const textOf = (value: FormDataEntryValue | null): string => (typeof value === 'string' ? value.trim() : '')

/** The request that a filled form asks for; empty fields are left to their defaults. */
export function requestOf(form: Pick<FormData, 'get'>): Record<string, unknown> {
  const commits = textOf(form.get('commits'))
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
  const command = textOf(form.get('command'))
  return {
    repo: textOf(form.get('repo')),
    commits,
    runs: Number(textOf(form.get('runs'))),
    ...(command === '' ? {} : { command: { shell: command } }),
    ...(form.get('until') === null ? {} : { until: 'verdict' }),
  }
}
