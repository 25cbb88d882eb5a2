/** A commit as people know it again. */
export const appName = (version: string): string => (/^[0-9a-f]{40,64}$/.test(version) ? version.slice(0, 12) : version)
