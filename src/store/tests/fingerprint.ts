const HEX_DIGITS = 12

/** Twelve hex digits as a number, which every database keeps in six bytes. */
export const fingerprintNumber = (fingerprint: string): number => Number.parseInt(fingerprint, 16)

export const fingerprintText = (number: number): string => number.toString(16).padStart(HEX_DIGITS, '0')
