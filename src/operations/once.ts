/** Makes a thing when it is first asked for, and answers the same one (or the same failure) ever after. */
export const once = <T>(make: () => Promise<T>): (() => Promise<T>) => {
  let made: Promise<T> | undefined
  return () => (made ??= make())
}
