/** What is known of packages: each framework and library speaks for its own. */
import type { Framework, ProjectFiles } from './frameworks/define.ts'
import type { Models } from './machine/index.ts'

const isBelow = (from: string, pattern: string): boolean => (pattern.endsWith('/*') ? from.startsWith(pattern.slice(0, -1)) : from === pattern)

/** `node:events` and `events` are one package. */
const plain = (from: string): string => from.replace(/^node:/, '')

export const speaksFor = ({ packages }: Framework, from: string): boolean => packages.some((pattern) => isBelow(plain(from), pattern))

/** Whether a file that imports the package registers entries when it runs. */
export const startsWith = ({ packages, starts = packages }: Framework, from: string): boolean => starts.some((pattern) => isBelow(plain(from), pattern))

const firstOf = <T>(members: readonly Framework[], ask: (member: Framework) => T | undefined): T | undefined => {
  for (const member of members) {
    const answer = ask(member)
    if (answer !== undefined) return answer
  }
  return undefined
}

export const modelsOf = (members: readonly Framework[], project: ProjectFiles): Models => {
  const known = new Map<string, readonly Framework[]>()
  const speaking = (from: string): readonly Framework[] => {
    const found = known.get(from) ?? members.filter((member) => speaksFor(member, from))
    known.set(from, found)
    return found
  }
  return {
    imported: (from, path) => firstOf(speaking(from), (member) => member.imported?.(from, path)),
    typed: (from, name, args) => firstOf(speaking(from), (member) => member.typed?.(from, name, args)),
    global: (name, path) => firstOf(members, (member) => member.global?.(name, path, project)),
    provided: (of, machine) => firstOf(members, (member) => member.provided?.(of, machine)),
    directed: (directive, fn, machine, site) => {
      for (const member of members) member.directed?.(directive, fn, machine, site)
    },
  }
}
