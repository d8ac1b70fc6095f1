import { describe, expect, it } from 'vitest'
import type { LaunchRequest } from '../../../src/executors/local/launch.ts'
import { renderFstab } from '../../../src/executors/local/sandbox/fstab.ts'
import { planSandbox } from '../../../src/executors/local/sandbox/plan.ts'

const layers = (name: string) => ({ lower: `/state/${name}/l`, upper: `/state/${name}/u`, work: `/state/${name}/w` })

const request = (change: Partial<LaunchRequest>): LaunchRequest => ({
  ...{ command: { shell: 'make test' }, workdir: 'sub', env: { TOKEN: 'hunter2', LD_PRELOAD: '/x.so' } },
  ...{ writes: 'overlay', tree: layers('tree'), home: layers('home'), tmp: '/state/tmp', limits: {}, groups: [] },
  ...{ network: { mode: 'none' }, statusFile: '/state/status', ...change },
})
const hostEnv = { PATH: '/usr/bin:/bin', HOME: '/root', COMMIT_SUITE_HOME: '/state' }

describe('the plan of a sandbox', () => {
  it('keeps the environment of a request out of argv and away from privileged programs', async () => {
    const plan = await planSandbox(request({}), hostEnv)
    expect(plan.argv.join(' ')).not.toContain('hunter2')
    expect(plan.env).toMatchObject({ PATH: '/usr/sbin:/usr/bin:/sbin:/bin', CS_VAR_TOKEN: 'hunter2' })
    expect(Object.keys(plan.env).filter((name) => !/^(PATH$|CS_)/.test(name))).toEqual([])
  })

  it('shows the same paths whatever the state directory', async () => {
    const plan = await planSandbox(request({}), hostEnv)
    expect(plan.seen).toEqual({ tree: '/commit-suite/tree', home: '/commit-suite/home', tmp: '/commit-suite/tmp' })
    expect(plan.env).toMatchObject({ CS_WORKDIR: '/commit-suite/tree/sub', CS_VAR_PWD: '/commit-suite/tree/sub' })
  })

  it("leaves out variables that would end the shell that passes them on, and names that are no shell's", async () => {
    const plan = await planSandbox(request({ env: { UID: '0', PPID: '1', 'a;id': 'x', GOOD: 'y' } }), hostEnv)
    expect(plan.env.CS_VARS?.split(' ').sort()).toEqual(['GOOD', 'HOME', 'LOGNAME', 'PATH', 'PWD', 'TMPDIR', 'USER'])
  })

  it('refuses the network of the host, and state where every sandbox can read', async () => {
    const refused = { code: 'isolation_unavailable' }
    await expect(planSandbox(request({ network: { mode: 'host' } }), hostEnv)).rejects.toMatchObject(refused)
    await expect(planSandbox(request({ tmp: '/usr/share/tmp' }), hostEnv)).rejects.toMatchObject(refused)
    const hidden = planSandbox(request({ tmp: '/usr/share/tmp' }), { ...hostEnv, COMMIT_SUITE_HOME: '/usr/share' })
    await expect(hidden).resolves.toBeDefined()
  })
})

it('a mount table escapes what would split or end a field', () => {
  const mount = { source: '/a b\n#\\', target: '/t\t', type: 'bind' as const, options: 'bind' }
  expect(renderFstab([mount])).toBe('/a\\040b\\012\\043\\134 /sys/fs/t\\011 none bind,X-mount.mkdir 0 0')
})
