import { afterEach, describe, expect, it } from 'vitest'
import { follow, shellRequest } from './follower.ts'
import { PodLike, toolboxes } from './pod-like.ts'

let pod: PodLike | undefined
afterEach(async () => {
  await pod?.stop()
})

// Only bash takes functions from its environment.
const bash = toolboxes.filter(({ name }) => name === 'bash')

describe.each(bash)('on a busy node, with $name', (toolbox) => {
  it('a run ends although it was over before its pumps began to read', async () => {
    const late = 'cd() { case $1 in */runs/*) sleep 0.5 ;; esac; builtin cd "$@"; }; export -f cd'
    pod = await PodLike.start(toolbox, late)
    await pod.deliver('once', {})
    const seen = await follow(pod, 'r', shellRequest('echo short'))
    expect(seen.stdout.toString()).toBe('short\n')
    expect(seen.status).toMatchObject({ exitCode: 0, timedOut: false })
  })

  it('a run that was collected before its runner had looked up keeps the next one waiting for nothing', async () => {
    const late = 'mv() { case $* in *ctl/phase) sleep 0.5 ;; esac; command mv "$@"; }; export -f mv'
    pod = await PodLike.start(toolbox, late)
    await pod.deliver('warm', {})
    await follow(pod, 'r-1', shellRequest('echo first'))
    const seen = await follow(pod, 'r-2', shellRequest('echo second'), { collected: ['r-1'] })
    expect(seen.stdout.toString()).toBe('second\n')
  })
})
