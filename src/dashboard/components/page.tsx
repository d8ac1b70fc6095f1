import type { ComponentChildren } from 'preact'
import { useEffect } from 'preact/hooks'

interface PageProps {
  /** Heading, and name of the browser's tab. */
  title: string
  /** Above the heading: where this belongs, as links. */
  above?: ComponentChildren
  /** Beside the heading: status and buttons. */
  beside?: ComponentChildren
  children: ComponentChildren
}

/** The frame of a page. */
export function Page({ title, above, beside, children }: PageProps) {
  useEffect(() => {
    document.title = `${title} · Commit Suite`
  }, [title])
  return (
    <>
      <header class="page-head">
        {above === undefined ? null : (
          <nav class="crumbs" aria-label="Breadcrumbs">
            {above}
          </nav>
        )}
        <div class="page-title">
          <h1 tabIndex={-1}>{title}</h1>
          {beside}
        </div>
      </header>
      {children}
    </>
  )
}
