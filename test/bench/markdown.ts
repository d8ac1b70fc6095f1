import type { Summary } from './figure.ts'

/** Three significant digits, but never fewer than stand before the point. */
function round(value: number): string {
  if (Math.abs(value) >= 100) return value.toFixed(0)
  return Math.abs(value) >= 10 ? value.toFixed(1) : value.toFixed(2)
}

function row({ name, unit, n, mean, p50, p99, goal }: Summary): string[] {
  const met = goal === null ? '' : `< ${round(goal)} ${mean < goal ? '✓' : '✗'}`
  const spread = n === 1 ? ['', ''] : [round(p50), round(p99)]
  return [name, unit, String(n), round(mean), ...spread, met]
}

/** A Markdown table, its columns padded so that it reads well as plain text too. */
export function markdownTable(summaries: Summary[]): string {
  const rows = [['figure', 'unit', 'N', 'mean', 'P50', 'P99', 'goal'], ...summaries.map(row)]
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0)))
  const line = (cells: string[]) =>
    `| ${cells.map((cell, column) => (column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join(' | ')} |`
  const rule = `|${widths.map((width, column) => (column < 2 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`
  const [head = [], ...body] = rows
  return [line(head), rule, ...body.map(line)].join('\n')
}
