/** A source file as far as constants go: what it declares, imports and exports. */
import { readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { Expression, Program, parseSync } from 'oxc-parser'
import { noteFile } from '../sights.ts'

export type Module = {
  readonly file: string
  readonly source: string
  readonly constants: ReadonlyMap<string, Expression>
  /** Local name → the module it comes from and its name there; `*` is the whole module. */
  readonly imports: ReadonlyMap<string, { readonly from: string; readonly name: string }>
  readonly exports: ReadonlyMap<string, Expression>
}

export type Modules = {
  /** Reads a text; `fault` says why it does not parse. */
  read(file: string, source: string): { readonly module?: Module; readonly fault?: string }
  /** The project's own file that an import means; undefined for packages and for what is not there. */
  load(from: Module, specifier: string, root: string): Module | undefined
}

/** Constants of the outermost level. `let` and `var` may change before they are read, so only `const` counts. */
const constantsOf = (program: Program): ReadonlyMap<string, Expression> => {
  const declarations = program.body.flatMap((statement) => {
    if (statement.type === 'VariableDeclaration') return [statement]
    return statement.type === 'ExportNamedDeclaration' && statement.declaration?.type === 'VariableDeclaration' ? [statement.declaration] : []
  })
  const list = declarations.filter(({ kind }) => kind === 'const').flatMap(({ declarations: all }) => all)
  return new Map(list.flatMap(({ id, init }): [string, Expression][] => (id.type === 'Identifier' && init ? [[id.name, init]] : [])))
}

const importsOf = (program: Program): Module['imports'] =>
  new Map(
    program.body.flatMap((statement) => {
      if (statement.type !== 'ImportDeclaration') return []
      return statement.specifiers.map((specifier): [string, { from: string; name: string }] => {
        const imported = specifier.type === 'ImportSpecifier' ? specifier.imported : undefined
        const named = imported && (imported.type === 'Literal' ? imported.value : imported.name)
        return [specifier.local.name, { from: statement.source.value, name: named ?? (specifier.type === 'ImportDefaultSpecifier' ? 'default' : '*') }]
      })
    }),
  )

const defaultExport = (program: Program, source: string): Expression | undefined => {
  for (const statement of program.body) {
    if (statement.type === 'ExportDefaultDeclaration') {
      const { declaration } = statement
      return declaration.type === 'FunctionDeclaration' || declaration.type === 'ClassDeclaration' || declaration.type === 'TSInterfaceDeclaration'
        ? undefined
        : (declaration as Expression)
    }
    if (statement.type !== 'ExpressionStatement' || statement.expression.type !== 'AssignmentExpression') continue
    const { left, right } = statement.expression
    if (['module.exports', 'exports.default', 'module.exports.default'].includes(source.slice(left.start, left.end))) return right
  }
  return undefined
}

/** `export const a = …` and `export { a as b }`, and the default. */
const exportsOf = (program: Program, source: string, constants: Module['constants']): Module['exports'] => {
  const exports = new Map<string, Expression>()
  for (const statement of program.body) {
    if (statement.type !== 'ExportNamedDeclaration') continue
    if (statement.declaration?.type === 'VariableDeclaration')
      for (const { id } of statement.declaration.declarations) {
        const value = id.type === 'Identifier' ? constants.get(id.name) : undefined
        if (id.type === 'Identifier' && value) exports.set(id.name, value)
      }
    for (const { local, exported } of statement.specifiers) {
      const value = local.type === 'Identifier' ? constants.get(local.name) : undefined
      if (value) exports.set(exported.type === 'Literal' ? exported.value : exported.name, value)
    }
  }
  const fallback = defaultExport(program, source)
  return fallback ? exports.set('default', fallback) : exports
}

const endings = ['', '.ts', '.tsx', '.mts', '.js', '.mjs', '.cjs', '.json', '/index.ts', '/index.js']

/** Files that an import may mean: beside its file, or under the aliases `@/` and `~/`, which by custom are the package's `src` or the package. */
const candidates = (file: string, specifier: string, root: string): readonly string[] => {
  const bases = specifier.startsWith('.')
    ? [resolve(dirname(file), specifier)]
    : /^[@~]\//.test(specifier)
      ? [join(root, 'src', specifier.slice(2)), join(root, specifier.slice(2))]
      : []
  return bases.flatMap((base) => [...endings.map((ending) => base + ending), ...(base.endsWith('.js') ? [base.replace(/\.js$/, '.ts')] : [])])
}

const textOf = (file: string): string | undefined => {
  noteFile(file)
  try {
    return readFileSync(file, 'utf8')
  } catch {
    // Not there, or a directory: the next candidate is tried.
    return undefined
  }
}

/** A reader that keeps what it has read. The parser is given, so that it is loaded only where there is something to parse. */
export const createModules = (parse: typeof parseSync): Modules => {
  const known = new Map<string, Module | undefined>()
  const read: Modules['read'] = (file, text) => {
    // JSON is the right side of `export default`.
    const source = file.endsWith('.json') ? `export default ${text}` : text
    const { program, errors } = parse(file.replace(/\.json$/, '.json.js'), source)
    if (errors[0]) return { fault: errors[0].message }
    const constants = constantsOf(program)
    return { module: { file, source, constants, imports: importsOf(program), exports: exportsOf(program, source, constants) } }
  }
  const readOnce = (file: string): Module | undefined => {
    if (!known.has(file)) {
      const source = textOf(file)
      known.set(file, source === undefined ? undefined : read(file, source).module)
    }
    return known.get(file)
  }
  return {
    read,
    load(from, specifier, root) {
      for (const file of candidates(from.file, specifier, root)) {
        const module = readOnce(file)
        if (module) return module
      }
      return undefined
    },
  }
}
