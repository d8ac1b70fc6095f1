import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'

// That each metric they name exists is shown by a scrape, in test/workflows/observability.test.ts.

const root = join(import.meta.dirname, '..', '..', '..')
const read = (...path: string[]): Promise<string> => readFile(join(root, ...path), 'utf8')

const rulesSchema = z.strictObject({
  groups: z.array(
    z.strictObject({
      name: z.string(),
      rules: z.array(
        z.strictObject({
          alert: z.string().regex(/^CommitSuite[A-Za-z]+$/),
          expr: z.string().min(1),
          for: z
            .string()
            .regex(/^\d+[smh]$/)
            .optional(),
          labels: z.strictObject({ severity: z.enum(['warning', 'critical']) }),
          annotations: z.strictObject({ summary: z.string(), runbook: z.string() }),
        }),
      ),
    }),
  ),
})

test('each alert leads to what the runbook says of it', async () => {
  const { groups } = rulesSchema.parse(parse(await read('k8s', 'monitoring', 'alerts.yaml')))
  const headings = [...(await read('docs', 'runbook.md')).matchAll(/^## (.+)$/gm)].map(([, heading = '']) =>
    heading.toLowerCase().replaceAll(' ', '-'),
  )
  const led = groups.flatMap(({ rules }) => rules.map(({ annotations }) => annotations.runbook))
  expect(led.toSorted()).toEqual(headings.map((heading) => `docs/runbook.md#${heading}`).toSorted())
})

const panelSchema = z.object({
  id: z.int(),
  type: z.enum(['row', 'stat', 'timeseries']),
  title: z.string().min(1),
  gridPos: z.strictObject({ x: z.int(), y: z.int(), w: z.int(), h: z.int() }),
  targets: z.array(z.object({ expr: z.string().min(1), refId: z.string() })).optional(),
})
const dashboardSchema = z.object({
  uid: z.string(),
  title: z.string(),
  schemaVersion: z.int(),
  templating: z.object({ list: z.array(z.object({ name: z.string(), type: z.string() })) }),
  panels: z.array(panelSchema),
})

test('the panels of the dashboard are apart, on its grid, and all but rows ask for something', async () => {
  const { panels } = dashboardSchema.parse(JSON.parse(await read('k8s', 'monitoring', 'dashboard.json')))
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length)
  for (const { type, title, gridPos, targets } of panels) {
    expect(gridPos.x + gridPos.w, title).toBeLessThanOrEqual(24)
    if (type !== 'row') expect(targets?.length, title).toBeGreaterThan(0)
  }
  const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
    Array.from({ length: w * h }, (_, at) => `${x + (at % w)},${y + Math.floor(at / w)}`),
  )
  expect(new Set(cells).size).toBe(cells.length)
})
