/** What teams do without us: search for the name in the handler, in its file, in all files that it imports; and ask the compiler for references. */
import { join, relative, sep } from 'node:path'
import ts from 'typescript'
import type { Handler } from './handlers.ts'
import type { Project } from './project.ts'
import type { Target } from './truth.ts'

type Found = readonly Handler[]
export type Baseline = { readonly name: string; readonly find: (target: Target) => Found }

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')

const enumValue = (name: string): string => /'(.*)'$/.exec(name)?.[1] ?? name

/** What is searched for: the column's or the table's name in TypeScript as a word, an enum's value in quotes. */
const pattern = ({ target: { kind, name, tsTable, tsColumn } }: Target): RegExp =>
  kind === 'enumValue' ? new RegExp(`["'\`]${escaped(enumValue(name))}["'\`]`) : new RegExp(`(?<![\\w$])${escaped(tsColumn ?? tsTable)}(?![\\w$])`)

const inHandler = (project: Project, handlers: Found): Baseline => ({
  name: 'name in the handler',
  find: (target) => handlers.filter(({ file, start, end }) => pattern(target).test(project.text(file).slice(start, end))),
})

const inFile = (project: Project, handlers: Found): Baseline => ({
  name: 'name in the file',
  find: (target) => handlers.filter(({ file }) => pattern(target).test(project.text(file))),
})

/** All files from which one of the given is reached by imports. */
const importers = (project: Project): ((files: readonly string[]) => ReadonlySet<string>) => {
  const users = new Map<string, string[]>()
  for (const file of project.files)
    for (const { fileName } of ts.preProcessFile(project.text(file), true, true).importedFiles) {
      const used = project.resolve(fileName, file)
      if (used) users.set(used, [...(users.get(used) ?? []), file])
    }
  return (files) => {
    const reached = new Set(files)
    for (const file of reached) for (const user of users.get(file) ?? []) reached.add(user)
    return reached
  }
}

const byImports = (project: Project, handlers: Found): Baseline => {
  const closure = importers(project)
  return {
    name: 'name, then all importers',
    find: (target) => {
      const reached = closure(project.files.filter((file) => pattern(target).test(project.text(file))))
      return handlers.filter(({ file }) => reached.has(file))
    },
  }
}

const isKey =
  (name: string) =>
  (node: ts.Node): boolean =>
    ts.isPropertyAssignment(node) && (ts.isIdentifier(node.name) || ts.isStringLiteral(node.name)) && node.name.text === name

const search = (node: ts.Node, test: (node: ts.Node) => boolean): ts.Node | undefined =>
  test(node) ? node : ts.forEachChild(node, (child) => search(child, test))

/** Where the target is declared: the column's key, the table's constant, the value's literal. */
const declared = (project: Project, { target: { kind, name, tsTable, tsColumn, schemaFile } }: Target): number | undefined => {
  const tree = project.tree(schemaFile)
  if (kind === 'enumValue') return search(tree, (node) => ts.isStringLiteral(node) && node.text === enumValue(name))?.getStart(tree)
  const table = search(tree, (node) => ts.isVariableDeclaration(node) && ts.isIdentifier(node.name) && node.name.text === tsTable)
  const node = tsColumn && table ? search(table, isKey(tsColumn)) : table
  return node?.getStart(tree)
}

/** The name of the function, method or constant around a position, from which its users can be asked for. */
const namedAround = (tree: ts.SourceFile, position: number): ts.Node | undefined => {
  let found: ts.Node | undefined
  const visit = (node: ts.Node): void => {
    if (position < node.getFullStart() || position >= node.end) return
    if ((ts.isFunctionDeclaration(node) || ts.isMethodDeclaration(node) || ts.isVariableDeclaration(node)) && node.name && ts.isIdentifier(node.name))
      found = node.name
    ts.forEachChild(node, visit)
  }
  visit(tree)
  return found
}

/** As many declarations as a patient person follows. */
const patience = 300

const byReferences = (project: Project, handlers: Found): Baseline => {
  const service = ts.createLanguageService(project.host)
  const relativeTo = (path: string): string => relative(project.root, path).split(sep).join('/')
  const users = (file: string, position: number): readonly { readonly file: string; readonly at: number }[] =>
    (service.findReferences(join(project.root, file), position) ?? [])
      .flatMap(({ references }) => references)
      .filter(({ isDefinition }) => !isDefinition)
      .map(({ fileName, textSpan }) => ({ file: relativeTo(fileName), at: textSpan.start }))
  return {
    name: 'findReferences, followed up',
    find: (target) => {
      const start = declared(project, target)
      if (start === undefined) return []
      const found = new Set<Handler>()
      const asked = new Set<string>()
      const queue = [{ file: target.target.schemaFile, at: start }]
      for (const { file, at } of queue) {
        if (asked.size >= patience || asked.has(`${file}:${at}`)) continue
        asked.add(`${file}:${at}`)
        for (const use of users(file, at)) {
          const within = handlers.filter((handler) => handler.file === use.file && use.at >= handler.start && use.at < handler.end)
          for (const handler of within) found.add(handler)
          const name = within.length > 0 || use.file === target.target.schemaFile ? undefined : namedAround(project.tree(use.file), use.at)
          if (name) queue.push({ file: use.file, at: name.getStart() })
        }
      }
      return [...found]
    },
  }
}

/** In the order in which they cost. */
export const baselines = (project: Project, handlers: Found): readonly Baseline[] => [
  inHandler(project, handlers),
  inFile(project, handlers),
  byImports(project, handlers),
  byReferences(project, handlers),
]
