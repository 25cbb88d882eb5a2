/** Things by the file that they are in, each in the order in which they come. */
export const byFile = <T extends { readonly file: string }>(all: readonly T[]): ReadonlyMap<string, readonly T[]> => {
  const found = new Map<string, T[]>()
  for (const one of all) {
    const known = found.get(one.file)
    if (known) known.push(one)
    else found.set(one.file, [one])
  }
  return found
}
