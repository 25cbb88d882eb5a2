/** Where an error stands: its line, the statement and the functions around it. */
import type { Node } from 'oxc-parser'
import type { CodePlace } from '../../../model/code.ts'
import type { TypeFound } from '../../../model/type-evidence.ts'
import { parseSource } from '../lower/parse.ts'
import { lineAt, nodesAround } from './nodes.ts'

/** Statements that hold no others. */
const isSimple = ({ type }: Node): boolean =>
  /^(?:VariableDeclaration|ExpressionStatement|ReturnStatement|ThrowStatement|JSXExpressionContainer|TSTypeAliasDeclaration|ImportDeclaration)$/.test(type)

const isFunction = ({ type }: Node): boolean => /^(?:ArrowFunctionExpression|FunctionExpression|FunctionDeclaration)$/.test(type)

/** What stands in these is no part of the statement that they stand in. */
const parts = /^(?:BlockStatement|ClassBody|JSXElement|JSXFragment|ArrowFunctionExpression)$/

/** The innermost statement; a function's body that is an expression counts as one. */
const statementAmong = (path: readonly Node[]): Node | undefined => {
  let found: Node | undefined
  for (const [at, node] of path.entries()) {
    const parent = path[at - 1]
    if (isSimple(node)) found = node
    else if (parent?.type === 'ArrowFunctionExpression' && node === parent.body && node.type !== 'BlockStatement') found = node
    else if (parts.test(node.type)) found = undefined
  }
  return found
}

/** Makes places in one file; its text is parsed once. */
export const placesIn = (file: string, text: string): ((start: number) => CodePlace & Pick<TypeFound, 'statement' | 'functions'>) => {
  const { program } = parseSource(file, text)
  return (start) => {
    const line = lineAt(text, start)
    const path = nodesAround(program, start)
    const statement = statementAmong(path)
    return {
      file,
      line,
      statement: statement ? [lineAt(text, statement.start), lineAt(text, statement.end)] : [line, line],
      functions: path
        .filter(isFunction)
        .map((node) => lineAt(text, node.start))
        .reverse(),
    }
  }
}
