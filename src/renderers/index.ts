import { comment } from './comment.ts'
import { compact } from './compact.ts'
import type { Renderer } from './define.ts'
import { github } from './github.ts'
import { gitlab } from './gitlab.ts'
import { json } from './json.ts'
import { junit } from './junit.ts'
import { markdown } from './markdown.ts'
import { ndjson } from './ndjson.ts'
import { pretty } from './pretty.ts'
import { sarif } from './sarif.ts'

export type Format = 'pretty' | 'compact' | 'json' | 'ndjson' | 'github' | 'markdown' | 'comment' | 'sarif' | 'junit' | 'gitlab'

/** All renderers, in the order of the help. */
export const renderers: { readonly [F in Format]: Renderer } = { pretty, compact, json, ndjson, github, markdown, comment, sarif, junit, gitlab }

/** Formats of the contract that have no renderer yet. */
export const formatsToCome = ['html'] as const
