/** Texts of files, whatever a checkout does to them. */

/** A text with the line ends that git keeps: a checkout may have CRLF where the commit has LF. */
export const withLf = (text: string): string => text.replaceAll('\r\n', '\n')

/** Whether two files say the same, up to their line ends. */
export const sameLines = (a: string | undefined, b: string | undefined): boolean => a === b || (a !== undefined && b !== undefined && withLf(a) === withLf(b))
