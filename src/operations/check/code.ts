/** The code beside the migrations. */
import type { CodeFacts } from '../../model/code.ts'
import type { World } from '../../model/world.ts'

export type Code = {
  readonly root: string
  /** As it lies there, or as it was at a commit; followed once for all projects. */
  facts(commit?: string): Promise<CodeFacts>
}

export const codeBelow = (world: World, root: string): Code => {
  const followed = new Map<string | undefined, Promise<CodeFacts>>()
  return {
    root,
    facts(commit) {
      const facts = followed.get(commit) ?? world.code(root, async () => ({ texts: [] }), commit)
      followed.set(commit, facts)
      return facts
    },
  }
}
