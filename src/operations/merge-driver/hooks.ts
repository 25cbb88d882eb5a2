/** The hooks: after a merge or rebase they say what collides, before a push they stop it. What they cannot say never stops anybody. */

import { withBlock, withoutBlock } from './block.ts'
import { command } from './driver.ts'

/** stderr is left out: without an upstream branch, or where pgstrata is not installed, a hook has nothing to say. */
const look = `${command} resolve --quiet --unproven 2>/dev/null </dev/null`

export const hooks = {
  'post-merge': [`${look} || true`],
  // `commit --amend` rewrites too.
  'post-rewrite': [`if [ "$1" = rebase ]; then ${look} || true; fi`],
  // npx answers 1 itself where pgstrata is not installed.
  'pre-push': [
    `if ${command} --version >/dev/null 2>&1; then`,
    `  ${look} || [ $? -ne 1 ] || { echo 'pgstrata: not pushed, because migrations collide (git push --no-verify pushes all the same)' >&2; exit 1; }`,
    'fi',
  ],
} as const satisfies { readonly [hook: string]: readonly string[] }

export type HookName = keyof typeof hooks

export const hookNames = Object.keys(hooks) as readonly HookName[]

const shebang = '#!/bin/sh\n'

/** A script of a shell that goes on to its end. husky's files name no shell. */
const canTakeMore = (text: string): boolean => {
  const [first = ''] = text.split('\n')
  const last = text.trimEnd().split('\n').at(-1)?.trim() ?? ''
  return (first.startsWith('#!') ? /\b(?:ba|da|k|z)?sh\b/.test(first) : !text.includes('\0')) && !/^(?:exit|exec)\b/.test(last)
}

/** The hook with our block in it; undefined where it is somebody else's and takes none. */
export const hookWith = (name: HookName, text: string | undefined): string | undefined => {
  if (text === undefined || text.trim() === '') return withBlock(shebang, hooks[name])
  return withoutBlock(text) !== text || canTakeMore(text) ? withBlock(text, hooks[name]) : undefined
}

/** The hook without it; undefined where nothing of somebody else is left. */
export const hookWithout = (text: string): string | undefined => {
  const rest = withoutBlock(text)
  return rest === shebang || rest === '' ? undefined : rest
}
