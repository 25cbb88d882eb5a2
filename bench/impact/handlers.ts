/** Where an entry's handler is in its file: the text that a person reads when they ask what a route does. */
import ts from 'typescript'
import type { Project } from './project.ts'
import { plainName } from './truth.ts'

export type Place = { readonly entry: string; readonly file: string; readonly line?: number }

/** Offsets in the file's text. */
export type Handler = { readonly entry: string; readonly file: string; readonly start: number; readonly end: number }

const holdsFunction = (node: ts.Node): boolean =>
  ts.isFunctionLike(node) || ts.isClassLike(node) || (ts.forEachChild(node, (child) => holdsFunction(child) || undefined) ?? false)

/** The outermost node that satisfies the test, in the order of the text. */
const first = (node: ts.Node, test: (node: ts.Node) => boolean): ts.Node | undefined =>
  test(node) ? node : ts.forEachChild(node, (child) => first(child, test))

const startsAt = (tree: ts.SourceFile, line: number): ts.Node | undefined =>
  first(tree, (node) => node !== tree && tree.getLineAndCharacterOfPosition(node.getStart(tree)).line === line - 1 && holdsFunction(node))

/** `POST` of `POST /api/chat`, `create` of `trpc label.create`, `save` of `action save`: what the handler is called in its file, maybe. */
const symbolOf = (name: string): string => (/ \//.test(name) ? name.split(' ', 1)[0] : /[\w$]+$/.exec(name)?.[0]) ?? ''

const isNamed =
  (name: string) =>
  (node: ts.Node): boolean =>
    (ts.isFunctionDeclaration(node) || ts.isVariableDeclaration(node) || ts.isPropertyAssignment(node) || ts.isMethodDeclaration(node)) &&
    node.name !== undefined &&
    ts.isIdentifier(node.name) &&
    node.name.text === name &&
    holdsFunction(node)

/** By line, else by name, else the whole file: that helps whoever searches in it. */
export const handlerOf = (project: Project, { entry, file, line }: Place): Handler => {
  const tree = project.tree(file)
  const symbol = symbolOf(plainName(entry))
  const node = (line === undefined ? undefined : startsAt(tree, line)) ?? (symbol === '' ? undefined : first(tree, isNamed(symbol))) ?? tree
  return { entry, file, start: node.getStart(tree), end: node.end }
}
