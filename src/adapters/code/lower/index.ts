/** A source file as a tree of the analysis. */
import type { FileTree, Statement } from '../tree.ts'
import { commonJsStatements } from './commonjs.ts'
import { expressionOf } from './expressions.ts'
import { directivesOf } from './functions.ts'
import { declareBlock, declareVars } from './hoist.ts'
import { collectModule } from './module.ts'
import { isTooDeep } from './nesting.ts'
import { parseSource } from './parse.ts'
import type { Parsed } from './parser.ts'
import { Draft, Scope } from './scope.ts'
import { scriptOf } from './script.ts'
import { bodyOf, statementOf } from './statements.ts'

const brokenBy = ({ errors }: Parsed, draft: Draft): FileTree['broken'] => {
  const error = errors.find(({ severity }) => severity === 'Error')
  return error && { why: error.message, at: draft.at(error.labels[0]?.start ?? 0) }
}

/** Names are bound first, then the file is read from top to bottom; its exports come last, for they may name anything. */
const fill = (draft: Draft, { program }: Parsed): readonly string[] => {
  const scope = new Scope(draft, 0)
  declareBlock(program.body, scope)
  declareVars(program.body, scope)
  const body: Statement[] = []
  for (const node of program.body) body.push(...(commonJsStatements(node, scope) ?? statementOf(node, scope)))
  collectModule(program.body, scope)
  const directives = directivesOf(program.body)
  draft.functions[0] = { name: '', at: 1, params: [], body, ...(directives.length > 0 && { directives }) }
  return directives
}

const emptyDraft = (text: string): Draft => {
  const draft = new Draft(text, { expression: expressionOf, body: bodyOf })
  draft.reserveFunction('', 1)
  return draft
}

const unread = (text: string, why: string): FileTree => emptyDraft(text).tree([], { why, at: 1 })

/** Never throws: what cannot be read to its end says so in `broken`. `path` only tells the language. */
export const lowerSource = (path: string, text: string): FileTree => {
  const source = scriptOf(path, text)
  if (isTooDeep(source)) return unread(source, 'nested too deeply to be parsed')
  try {
    const result = parseSource(path, source)
    const draft = emptyDraft(source)
    const directives = fill(draft, result)
    return draft.tree(directives, brokenBy(result, draft))
  } catch (error) {
    // Machine-written text can be nested deeper than the stack.
    return unread(source, error instanceof Error ? error.message : String(error))
  }
}
