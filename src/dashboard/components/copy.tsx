import { useState } from 'preact/hooks'

/** A line to copy, with its button. */
export function CopyLine({ text, label }: { text: string; label: string }) {
  const [said, setSaid] = useState('')
  const copy = async (): Promise<void> => {
    // Only pages of https and of loopback may write to the clipboard.
    const isDone = await navigator.clipboard?.writeText(text).then(
      () => true,
      () => false,
    )
    setSaid(isDone === true ? 'Copied' : 'Select the line and copy it')
  }
  return (
    <div class="copy-line">
      <code>{text}</code>
      <button type="button" onClick={copy} aria-label={`Copy ${label}`}>
        Copy
      </button>
      <span role="status" class="quiet">
        {said}
      </span>
    </div>
  )
}
