import { cancellationSignal, heartbeat } from '@temporalio/activity'
import type { Spent } from '../../src/contract/http/sweeps.ts'
import { type SoundSweep, type SuiteSpec, SWEEP_LIMITS } from '../../src/contract/index.ts'
import { whileBeating } from '../../src/executors/heartbeat.ts'
import { freshId } from '../../src/requests/fresh-id.ts'
import { priorityOf } from '../../src/requests/priority.ts'
import { type Allocation, allocate, type Candidate, runsWithin, worthOf } from '../../src/stats/sweep/allocate.ts'
import type { SweepPlan } from '../../workflows/sweep-api.ts'
import type { ProjectLookup } from '../commit-project.ts'
import type { ActivityDeps } from '../deps.ts'
import { mirrorOf } from '../mirror-of.ts'
import { labelled } from '../repository-label.ts'
import { settleCommand } from '../resolve-commits.ts'
import type { SweepFiring } from './api.ts'
import { lineageOf, listCandidates } from './candidates.ts'
import { candidatesOf } from './candidates-of.ts'
import { freshSeeds } from './fresh-seeds.ts'
import { readKnowledge, type SweepKnowledge } from './knowledge.ts'
import { knownFlakes } from './known-flakes.ts'
import { soundSweep, suiteOfSweep, suiteRequest } from './sweep-request.ts'

/** See `SweepActivities`. What was planned once stays. */
export async function planSweep(deps: ActivityDeps, project: ProjectLookup, input: SweepFiring): Promise<SweepPlan> {
  const { firing, sweep, startedAtMs } = input
  const at = new Date(startedAtMs).toISOString()
  const request = await recorded(deps, input, at)
  const known = await deps.store.sweeps.get(firing)
  if (known?.plan !== undefined) return JSON.parse(known.plan)
  const context = { signal: cancellationSignal(), heartbeat }
  const made = await whileBeating(context, () => plan(deps, project, { firing, sweep, request }))
  const { suite } = made.plan
  const record = { suite: suite.id, runs: made.runs, spent: made.spent, plan: JSON.stringify(made.plan) }
  const stored = await deps.store.sweeps.plan(firing, record)
  return stored.plan === undefined ? made.plan : JSON.parse(stored.plan)
}

/** Puts a firing on record that is refused too: its end says why. */
async function recorded({ store, ...deps }: ActivityDeps, input: SweepFiring, at: string): Promise<SoundSweep> {
  await store.sweeps.begin({ id: input.firing, sweep: input.sweep, at })
  return await soundSweep({ store, ...deps }, input)
}

interface Planning {
  firing: string
  sweep: string
  request: SoundSweep
}

async function plan(
  deps: ActivityDeps,
  project: ProjectLookup,
  { firing, sweep, request }: Planning,
): Promise<{ plan: SweepPlan; runs: number; spent: Spent[] }> {
  const { store, searchable } = deps
  // A firing may have waited for its worker: its time counts from here.
  const startsAtMs = Date.now()
  const asked = suiteOfSweep(deps, request)
  const mirror = await mirrorOf(deps, asked, asked.commits)
  const commits = await listCandidates(mirror, request)
  const own = await settleCommand(project, asked, commits.toReversed())
  const shas = commits.map(({ sha }) => sha)
  const knowledge = await readKnowledge(store, { own, shas })
  const isAfter = await lineageOf(mirror, shas)
  const swept = await store.sweeps.tests(sweep)
  const runHere = new Set([...knowledge.commits.values()].flatMap((seen) => [...seen.keys()]))
  const tests = new Map([...(await knownFlakes(store, own, (test) => runHere.has(test))), ...swept])
  const candidates = candidatesOf(commits, { knowledge, tests, isAfter, request })
  const { runs, chosen } = spend(request, own, { candidates, knowledge })
  const spent = chosen.flatMap(({ candidate, why }): Spent[] => {
    const commit = commits[candidate]
    return commit === undefined ? [] : [{ sha: commit.sha, subject: commit.subject, runs, why }]
  })
  const seeds = await freshSeeds(store, { firing, seed: request.seed, own, shas: spent.map(({ sha }) => sha), runs })
  const { priorityKey, fairnessKey } = priorityOf(own.repo, request.priority)
  const label = labelled(deps, own.repo)
  return {
    plan: {
      suite: { id: freshId('s-', 10), request: suiteRequest(request, { commits: spent.map(({ sha }) => sha), seeds }) },
      ...{ priority: priorityKey, fairnessKey, searchable, repo: own.repo },
      ...(label.repoLabel !== undefined && { ...label, fairnessKey: label.repoLabel }),
      ...(request.budgetMs === undefined ? {} : { endsAtMs: startsAtMs + request.budgetMs }),
      summary: `${runs} runs of ${spent.length} ${spent.length === 1 ? 'commit' : 'commits'} for the sweep ${request.name}`,
      details: detailsOf(spent),
    },
    runs: runs * spent.length,
    spent,
  }
}

const DEFAULT_RUNS = 10
/** With `until`, runs are only the most that are made. */
const DEFAULT_CAP = 1_000

function spend(
  request: SoundSweep,
  { parallelism }: SuiteSpec,
  { candidates, knowledge: { meanRunMs } }: { candidates: readonly Candidate[]; knowledge: SweepKnowledge },
): Allocation {
  const { budgetRuns, budgetMs, until } = request
  const runs = request.runs ?? (until === undefined ? DEFAULT_RUNS : DEFAULT_CAP)
  if (budgetRuns === undefined && budgetMs === undefined) {
    const all = candidates.map((one, candidate) => ({ candidate, why: worthOf(one, runs).why }))
    // In the order asked for.
    return { runs, chosen: all.toReversed() }
  }
  const ofTime = budgetMs === undefined ? undefined : runsInTime(budgetMs, { meanRunMs, parallelism, unknown: runs })
  const budget = Math.min(budgetRuns ?? SWEEP_LIMITS.runs, ofTime ?? SWEEP_LIMITS.runs)
  const allocation = allocate(candidates, budget)
  return { ...allocation, runs: Math.min(allocation.runs, request.runs ?? allocation.runs) }
}

/** As long as nothing has run it is not known what fits: then as many as without a budget. */
function runsInTime(
  budgetMs: number,
  { meanRunMs, parallelism, unknown }: { meanRunMs: number | undefined; parallelism: number; unknown: number },
): number {
  return meanRunMs === undefined ? unknown : runsWithin(budgetMs, { meanMs: meanRunMs, parallelism })
}

/** What the Temporal Web UI shows. */
function detailsOf(spent: readonly Spent[]): string {
  const rows = spent.map(({ sha, runs, why }) => `| \`${sha.slice(0, 12)}\` | ${runs} | ${why} |`)
  return ['**running**', '', '| commit | runs | why |', '|---|---|---|', ...rows].join('\n')
}
