import { percent, plural } from '../../report/format.ts'
import { Sha } from '../components/sha.tsx'
import { When } from '../components/when.tsx'
import { href } from '../router.ts'
import type { LoggedRound } from './log.ts'

interface RoundsProps {
  repo: string
  rounds: readonly LoggedRound[]
  onShow(round: number): void
}

/** What each round ran and what it showed, the newest first. */
export function Rounds({ repo, rounds, onShow }: RoundsProps) {
  return (
    <div class="scroll card flush">
      <table class="stack">
        <thead>
          <tr>
            <th scope="col">Round</th>
            <th scope="col">Ran</th>
            <th scope="col">Likeliest then</th>
            <th scope="col" class="number">
              Commits in question
            </th>
            <th scope="col">When</th>
          </tr>
        </thead>
        <tbody>
          {rounds.toReversed().map((round) => (
            <Round key={round.round} {...{ repo, round, onShow }} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Round({ repo, round, onShow }: { repo: string; round: LoggedRound; onShow(round: number): void }) {
  const { ran, candidates, plausible, entropyBits, at } = round
  const [likeliest] = candidates
  return (
    <tr>
      <td data-label="Round">
        <button
          type="button"
          class="plain"
          onClick={() => onShow(round.round)}
          aria-label={round.round === 0 ? 'Start: show what was known then' : `Show round ${round.round}`}
        >
          {round.round === 0 ? 'Start' : round.round}
        </button>
      </td>
      <td data-label="Ran">
        {ran.length === 0 ? <span class="quiet">nothing</span> : null}
        {ran.map(({ sha, suite, runs, failures, reason }) => (
          <div key={suite}>
            <a href={href(['suites', suite])}>
              {reason === null ? `${failures} of ${plural(runs, 'run')} failed` : reason.replaceAll('_', ' ')}
            </a>{' '}
            at <Sha repo={repo} sha={sha} />
          </div>
        ))}
      </td>
      <td data-label="Likeliest then">
        {likeliest === undefined ? null : (
          <>
            <Sha repo={repo} sha={likeliest.sha} /> {percent(likeliest.probability)}
          </>
        )}
      </td>
      <td
        class="number"
        data-label="In question"
        title={`${entropyBits.toFixed(2)} bits; so many commits hold 95 % of the probability`}
      >
        {plausible}
      </td>
      <td data-label="When">
        <When at={at} />
      </td>
    </tr>
  )
}
