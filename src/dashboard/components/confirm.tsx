import type { ComponentChildren } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { type ApiError, asApiError } from '../api/api-error.ts'
import { Failure } from './states.tsx'

interface ConfirmButtonProps {
  /** On the button, and on the one that confirms. */
  label: string
  /** Accessible name where the label alone is not enough: `Remove cs-nightly-…`. */
  name?: string
  question: string
  children?: ComponentChildren
  isDanger?: boolean
  isDisabled?: boolean
  /** Closes the question; what it throws is shown there. */
  act: () => Promise<void>
}

/** A button that asks before it acts. */
export function ConfirmButton({ label, name, question, children, isDanger, isDisabled, act }: ConfirmButtonProps) {
  const [isOpen, setIsOpen] = useState(false)
  const [isBusy, setIsBusy] = useState(false)
  const [error, setError] = useState<ApiError>()
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    if (isOpen) dialog.current?.showModal()
  }, [isOpen])
  const confirm = async (event: Event): Promise<void> => {
    event.preventDefault()
    setIsBusy(true)
    setError(undefined)
    try {
      await act()
      setIsOpen(false)
    } catch (thrown) {
      setError(asApiError(thrown))
    }
    setIsBusy(false)
  }
  return (
    <>
      <button
        type="button"
        class={isDanger === true ? 'danger' : ''}
        aria-label={name}
        disabled={isDisabled}
        onClick={() => setIsOpen(true)}
      >
        {label}
      </button>
      {isOpen ? (
        <dialog ref={dialog} aria-label={question} onClose={() => setIsOpen(false)}>
          <form onSubmit={confirm}>
            <h2>{question}</h2>
            {children}
            {error === undefined ? null : <Failure error={error} />}
            <div class="buttons">
              <button type="button" onClick={() => dialog.current?.close()}>
                Keep as it is
              </button>
              <button type="submit" class={isDanger === true ? 'danger primary' : 'primary'} disabled={isBusy}>
                {label}
              </button>
            </div>
          </form>
        </dialog>
      ) : null}
    </>
  )
}
