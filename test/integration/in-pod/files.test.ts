import { text } from 'node:stream/consumers'
import { gunzipSync } from 'node:zlib'
import { extract } from 'tar-stream'
import { afterEach, describe, expect, it } from 'vitest'
import { packCommand } from '../../../src/executors/kubernetes/in-pod/commands.ts'
import { until } from '../../support/until.ts'
import { follow, followToEnd, shellRequest } from './follower.ts'
import { PodLike, toolboxes } from './pod-like.ts'

const pods: PodLike[] = []
afterEach(async () => {
  await Promise.all(pods.splice(0).map((pod) => pod.stop()))
})

async function unpacked(archive: Uint8Array): Promise<Record<string, string>> {
  const files: Record<string, string> = {}
  const entries = extract()
  entries.end(archive)
  for await (const entry of entries) files[entry.header.name] = await text(entry)
  return files
}

describe.each(toolboxes)('files and copies in a pod, with $name', (toolbox) => {
  const start = async (): Promise<PodLike> => {
    const pod = await PodLike.start(toolbox)
    pods.push(pod)
    return pod
  }

  it('names the files that a run wrote and sends those selected, whatever they are called', async () => {
    const pod = await start()
    await pod.deliver('once', { 'tree/sub/old.xml': 'old' })
    const shell = [
      'mkdir -p reports .git && printf 1 >reports/a.xml && printf 2 >"-rf" && printf 3 >"out 0 5" && printf x >.git/x',
      `printf 4 >"$(printf 'new\\nline')" && printf 5 >'*' && printf 6 >"it's \\\\n" && ln -s /etc/passwd link && mkfifo p`,
    ].join('; ')
    const wanted = ['reports/a.xml', '-rf', 'out 0 5', '*', "it's \\n"]
    const request = shellRequest(shell, { workdir: 'sub', files: true })
    const seen = await follow(pod, 'r', request, { select: () => ['link', 'absent', '../../ctl/mode', ...wanted] })
    expect(seen.stderr.toString()).toBe('')
    expect(seen.names.toSorted()).toEqual([...wanted, 'new\nline'].toSorted())
    const files = await unpacked(seen.archive)
    expect(files).toMatchObject(Object.fromEntries(wanted.map((name, i) => [`./${name}`, '12356'[i]])))
    expect(seen.complete).toBe(true)
    // Who comes again gets the same.
    const again = await follow(pod, 'r', request)
    expect(again.archive.equals(seen.archive)).toBe(true)
  })

  it('gives each run of a warm pod the tree and HOME as they were prepared, at the same path', async () => {
    const pod = await start()
    await pod.deliver('warm', { 'tree/a.txt': 'prepared', 'home/.rc': 'rc' })
    const shell = [
      'pwd; cat a.txt "$HOME/.rc"; ls -A "$TMPDIR" . "$HOME" $SHARED | sort; echo changed >a.txt; echo left >"$HOME/.rc"',
      'touch new "$TMPDIR/t" "$SHARED/.hidden" "$SHARED/s"; mkdir -p closed/in; chmod 0 closed',
    ].join('\n')
    const request = shellRequest(shell, { env: { SHARED: pod.shared } })
    const first = await follow(pod, 'r-1', request)
    expect(first.status?.exitCode).toBe(0)
    const second = await follow(pod, 'r-2', request, { collected: ['r-1'] })
    expect(second.stdout.toString()).toContain('prepared')
    expect(second.stdout.equals(first.stdout)).toBe(true)
    await pod.idle()
    expect(await pod.state()).toEqual({ phase: 'idle', run: null, ended: ['r-2'] })
  })

  it('takes away what a run of a warm pod wrote beside its tree, and keeps what was prepared', async () => {
    const pod = await start()
    await pod.deliver('warm', { 'tree/a.txt': 'prepared' })
    const stray = [
      'echo x >../cache.db; echo x >../.hidden; echo x >../-f; mkdir -p ../shut/in; chmod 0 ../shut; ln -s /nowhere ../link',
      'for folder in ctl runs runner; do echo x >../$folder/stray; mkdir ../$folder/.stray; done',
      'find .. -name "*.txt" -delete 2>/dev/null; ls a.txt',
    ].join('\n')
    const first = await followToEnd(pod, 'r-1', shellRequest(stray))
    expect(first.stdout.toString()).toBe('')
    const shell = 'cat a.txt; echo; cd ..; find . -name "*cache*" -o -name "*stray*" -o -name "*link"; ls -A'
    const second = await followToEnd(pod, 'r-2', shellRequest(shell))
    const names = ['ctl', 'home', 'pristine', 'requests', 'runner', 'runs', 'tmp', 'tree']
    expect(second.stdout.toString().split('\n')).toEqual(['prepared', ...names, ''])
    // The results of the one before are still there for whoever has not stored them.
    await pod.idle()
    expect(await pod.state()).toEqual({ phase: 'idle', run: null, ended: ['r-1', 'r-2'] })
  })

  it('leaves no process behind over many runs of a warm pod', async () => {
    const pod = await start()
    await pod.deliver('warm')
    const collected: string[] = []
    for (let i = 0; i < 10; i++) {
      const name = `r-${i}`
      const seen = await follow(pod, name, shellRequest('for i in 1 2 3 4 5; do sleep 60 & done; sleep 0.05'), {
        collected,
      })
      expect(seen.status?.leftovers).toBe(5)
      collected.splice(0, 1, name)
    }
    await pod.idle()
    const { stdout } = await pod.exec(['sh', '-c', 'set -- /proc/[0-9]*; echo $#'])
    // The first process, the watch of its deadline and its sleep, who asks; a few dead ones may still be there.
    expect(Number(stdout.toString())).toBeLessThan(15)
  })

  it('says that it takes no more runs when it cannot make the tree fresh', async () => {
    const pod = await start()
    await pod.deliver('warm')
    await follow(pod, 'r-1', shellRequest('cd "$HOME/.." && chmod 700 pristine && rm -rf pristine'))
    await until('the runner gives up', async () => (await pod.state())?.phase === 'unhealthy')
    const refused = await pod.enter(['true'])
    refused.stdin.end()
    const seen = await follow(pod, 'r-2', shellRequest('echo no'))
    expect(seen.status).toBeUndefined()
    expect(seen.complete).toBe(false)
  })

  it('keeps what set-up commands did for the next, and packs it', async () => {
    const pod = await start()
    await pod.deliver('prepare', { 'tree/a': '1', 'home/.b': '2' })
    await follow(pod, 'setup-0', shellRequest('echo more >c; mkdir -p "$HOME/.cache"; echo d >"$HOME/.cache/d"'))
    const second = await follow(pod, 'setup-1', shellRequest('cat c "$HOME/.cache/d"; chmod 755 a'))
    expect(second.stdout.toString()).toBe('more\nd\n')
    await pod.idle()
    const packed = await pod.exec(packCommand(pod.root))
    expect(packed.exitCode).toBe(0)
    expect(await unpacked(gunzipSync(packed.stdout))).toMatchObject({ 'tree/c': 'more\n', 'home/.cache/d': 'd\n' })
    await pod.exec(['sh', '-c', `chmod 0 ${pod.root}/tree/c`])
    expect((await pod.exec(packCommand(pod.root))).exitCode).not.toBe(0)
  })
})
