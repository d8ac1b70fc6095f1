import { Page } from '../components/page.tsx'
import { Empty } from '../components/states.tsx'

/** An address that leads nowhere. */
export default function UnknownPage() {
  return (
    <Page title="No such page">
      <Empty title="This address leads nowhere.">
        <p>
          <a href="#/suites">All suites</a>
        </p>
      </Empty>
    </Page>
  )
}
