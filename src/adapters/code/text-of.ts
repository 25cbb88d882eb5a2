import type { Site, Value } from './value.ts'

/** The text that a value is, if it is known; of several the first. */
export const textOf = (value: Value | undefined, { machine }: Site): string | undefined => (value === undefined ? undefined : machine.strings(value)[0])
