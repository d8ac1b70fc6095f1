import type { ComponentChildren } from 'preact'
import type { Command } from '../../contract/command.ts'
import type { Answer } from '../api/request.ts'
import { When } from '../components/when.tsx'

/** A command as people read it. */
export const commandText = (command: Command | null): string => {
  if (command === null) return 'by the template of each commit'
  return 'shell' in command ? command.shell : command.argv.join(' ')
}

const OFTEN_ASKED = ['parallelism', 'executor', 'isolation', 'timeoutMs', 'until'] as const
const WORDS: Record<(typeof OFTEN_ASKED)[number], string> = {
  parallelism: 'Parallel',
  executor: 'Executor',
  isolation: 'Isolation',
  timeoutMs: 'Time limit',
  until: 'Until',
}

/** What was asked for. */
export function Facts({ document }: { document: Answer<'getSuite'> }) {
  const { repo, command, seed, startedAt, request, extensions = 0 } = document
  return (
    <dl class="facts">
      <Fact name="Repository">{repo}</Fact>
      <Fact name="Command">
        <code>{commandText(command)}</code>
      </Fact>
      <Fact name="Started">
        <When at={startedAt} />
      </Fact>
      <Fact name="Seed">{seed === null ? 'given one by one' : String(seed)}</Fact>
      {OFTEN_ASKED.map((name) => {
        const value = request[name]
        if (typeof value !== 'string' && typeof value !== 'number') return null
        return (
          <Fact key={name} name={WORDS[name]}>
            {name === 'timeoutMs' ? `${Number(value) / 1000} s` : String(value)}
          </Fact>
        )
      })}
      {extensions > 0 ? <Fact name="Extensions">{String(extensions)}</Fact> : null}
    </dl>
  )
}

interface FactProps {
  name: string
  children: ComponentChildren
}

/** A word and what it stands for. */
export const Fact = ({ name, children }: FactProps) => (
  <div class="fact">
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
)
