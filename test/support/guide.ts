/** A guide of docs/guides as a test runs it: sections with a scene, the commands that are run in it, and what they are to print. */
export type Section = { readonly title: string; readonly scene: string; readonly script: string; readonly prints: readonly string[] }

/** `<!-- run: SCENE -->` stands above commands, `<!-- prints -->` above what of their output is shown. A section's commands are run one after the other. */
export const sectionsOf = (guide: string): readonly Section[] => {
  const found: { title: string; scene: string; script: string; prints: string[] }[] = []
  for (const [, heading, scene, script, prints] of guide.matchAll(
    /^#{2,3} (.+)$|^<!-- run: (.+?) -->\n```sh\n([\s\S]*?)^```$|^<!-- prints -->\n```\n([\s\S]*?)^```$/gm,
  )) {
    const last = found.at(-1)
    if (heading !== undefined) found.push({ title: heading, scene: '', script: '', prints: [] })
    else if (last && prints !== undefined) last.prints.push(prints)
    else if (last && scene !== undefined && script !== undefined) {
      Object.assign(last, { scene, script: last.script + script })
    }
  }
  return found.filter(({ scene }) => scene !== '')
}

/** Every block of commands is run: a guide has none that are not. */
export const runsAll = (guide: string): boolean => guide.match(/^```sh$/gm)?.length === guide.match(/^<!-- run: /gm)?.length

/** As an editor leaves it: no blanks at the end of a line. */
export const trimmed = (text: string): string => text.replaceAll(/[ \t]+$/gm, '')
