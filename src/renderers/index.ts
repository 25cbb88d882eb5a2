import { compact } from './compact.ts'
import type { Renderer } from './define.ts'
import { github } from './github.ts'
import { json } from './json.ts'
import { markdown } from './markdown.ts'
import { ndjson } from './ndjson.ts'
import { pretty } from './pretty.ts'

export type Format = 'pretty' | 'compact' | 'json' | 'ndjson' | 'github' | 'markdown'

/** All renderers, in the order of the help. */
export const renderers: { readonly [F in Format]: Renderer } = { pretty, compact, json, ndjson, github, markdown }

/** Formats of the contract that have no renderer yet. */
export const formatsToCome = ['sarif', 'junit', 'gitlab', 'html'] as const
