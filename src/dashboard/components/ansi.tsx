import { ansiSpans } from './ansi-spans.ts'

/** Output of a test: colours stay, everything else is text. */
export const Ansi = ({ text }: { text: string }) => (
  <>
    {ansiSpans(text).map(({ text: piece, classes }, index) =>
      classes === '' ? (
        piece
      ) : (
        <span key={index} class={classes}>
          {piece}
        </span>
      ),
    )}
  </>
)
