import { Crowd } from '../../cluster/support/crowd.ts'
import type { Bench, Figure, Scale } from '../figure.ts'

const TIMES = 3
/** Until every pod has been told to end, and until nothing is left. */
const GOALS_MS = { going: 10_000, gone: 60_000 }

async function run(scale: Scale): Promise<Figure[]> {
  const crowd = await Crowd.make()
  const times: { goingMs: number; goneMs: number }[] = []
  try {
    for (let time = 0; time < scale(TIMES); time++) {
      const id = crowd.bench.id(`crowd-${time}`)
      await crowd.gather(id)
      times.push(await crowd.cancel(id))
    }
  } finally {
    await crowd.dispose()
  }
  const figure = (name: string, samples: number[], goal: number): Figure => ({ name, unit: 'ms', samples, goal })
  return [
    figure(
      'every pod is deleted or terminating',
      times.map(({ goingMs }) => goingMs),
      GOALS_MS.going,
    ),
    figure(
      'no pod and no namespace is left',
      times.map(({ goneMs }) => goneMs),
      GOALS_MS.gone,
    ),
  ]
}

export const kubernetesCancel: Bench = {
  name: 'kubernetes-cancel',
  description:
    'From `commit-suite cancel` with twenty runs in pods and eighty waiting for room until nothing of them is left.',
  byDefault: false,
  run,
}
