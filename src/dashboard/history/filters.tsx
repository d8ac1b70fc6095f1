import { location, replaceQuery } from '../location.ts'
import { DAYS, daysOf, FLAKY, type HistoryQuery, SORTS } from './query.ts'

/** How far back. */
export const DaysFilter = () => (
  <Select name="days" label="Since" choices={DAYS} value={daysOf(location.value.query) || 'all'} />
)

interface FiltersProps {
  asked: HistoryQuery
  /** Repositories that are known, to choose from. */
  repos: readonly string[]
}

export const Filters = ({ asked: { repo, flaky, sort }, repos }: FiltersProps) => (
  <form class="filters" onSubmit={(event) => event.preventDefault()}>
    <label class="field">
      Repository
      <input
        type="search"
        list="repositories"
        value={repo}
        placeholder="all"
        onChange={({ currentTarget }) => replaceQuery({ repo: currentTarget.value.trim() })}
      />
    </label>
    <datalist id="repositories">
      {repos.map((one) => (
        <option key={one} value={one} />
      ))}
    </datalist>
    <Select name="flaky" label="Show" choices={FLAKY} value={flaky} />
    <Select name="sort" label="Order by" choices={SORTS} value={sort} />
    <DaysFilter />
  </form>
)

interface SelectProps {
  name: string
  label: string
  choices: readonly (readonly [string, string])[]
  value: string
}

const Select = ({ name, label, choices, value }: SelectProps) => (
  <label class="field">
    {label}
    <select value={value} onChange={({ currentTarget }) => replaceQuery({ [name]: currentTarget.value })}>
      {choices.map(([one, words]) => (
        <option key={one} value={one}>
          {words}
        </option>
      ))}
    </select>
  </label>
)
