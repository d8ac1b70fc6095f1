/** Level of intervals and of verdicts where none is asked for. */
export const DEFAULT_CONFIDENCE = 0.95
