/** Reads a Drizzle config from its text, without running it: literals, constants of this and other files, the environment, paths. What it cannot tell is `Unread`. */
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Expression, ObjectExpression, TemplateLiteral } from 'oxc-parser'
import { type ConfigValues, readKeys, Unread } from '../../drizzle/config.ts'
import { ToolError } from '../../model/error.ts'
import { createModules, type Module, type Modules } from './module.ts'

type Environment = { readonly [name: string]: string | undefined }
/** What an expression may refer to. */
type Scope = {
  readonly module: Module
  readonly modules: Modules
  readonly cwd: string
  readonly env: Environment
  /** What is being evaluated (file and name), so that a circle ends. */
  readonly open: ReadonlySet<string>
}

const isRecord = (value: unknown): value is { readonly [key: string]: unknown } => typeof value === 'object' && value !== null && !(value instanceof Unread)

const excerpt = (scope: Scope, node: { readonly start: number; readonly end: number }): string =>
  scope.module.source.slice(node.start, node.end).split('\n')[0]?.slice(0, 60) ?? ''
const unread = (scope: Scope, node: { readonly start: number; readonly end: number }): Unread => new Unread(excerpt(scope, node))

/** Expressions around a value that say nothing at run time. */
const unwrap = (node: Expression): Expression => {
  switch (node.type) {
    case 'TSAsExpression':
    case 'TSSatisfiesExpression':
    case 'TSNonNullExpression':
    case 'TSTypeAssertion':
    case 'ParenthesizedExpression':
      return unwrap(node.expression)
    case 'ChainExpression':
      return unwrap(node.expression)
    default:
      return node
  }
}

const evaluateTemplate = (node: TemplateLiteral, scope: Scope): unknown => {
  let text = node.quasis[0]?.value.cooked ?? ''
  for (const [index, expression] of node.expressions.entries()) {
    const value = evaluate(expression, scope)
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return unread(scope, node)
    text += `${value}${node.quasis[index + 1]?.value.cooked ?? ''}`
  }
  return text
}

const keyOf = (key: { readonly type: string } & object, computed: boolean, scope: Scope): string | undefined => {
  if (!computed && key.type === 'Identifier' && 'name' in key) return String(key.name)
  const value = evaluate(key as Expression, scope)
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined
}

/** An object's members; with `only`, others are not looked at. */
const evaluateObject = (node: ObjectExpression, scope: Scope, only?: ReadonlySet<string>): unknown => {
  const members: { [key: string]: unknown } = {}
  for (const property of node.properties) {
    if (property.type === 'SpreadElement') {
      const value = evaluate(property.argument, scope, only)
      if (isRecord(value)) Object.assign(members, value)
      // `...(condition && { … })` spreads nothing when the condition does not hold.
      else if (value instanceof Unread) members[`...${value.why}`] = value
      continue
    }
    const key = keyOf(property.key, property.computed, scope)
    if (key === undefined || (only && !only.has(key))) continue
    members[key] = property.kind === 'init' && !property.method ? evaluate(property.value, scope) : unread(scope, property)
  }
  return members
}

const evaluateList = (node: Extract<Expression, { type: 'ArrayExpression' }>, scope: Scope, only?: ReadonlySet<string>): unknown =>
  node.elements.flatMap((element): unknown[] => {
    if (element === null) return [undefined]
    if (element.type !== 'SpreadElement') return [evaluate(element, scope, only)]
    const value = evaluate(element.argument, scope, only)
    return Array.isArray(value) ? value : [value]
  })

const isProcessEnv = (node: Expression, scope: Scope): boolean =>
  node.type === 'MemberExpression' && scope.module.source.slice(node.start, node.end).replaceAll(/[\s?!]/g, '') === 'process.env'

const evaluateMember = (node: Extract<Expression, { type: 'MemberExpression' }>, scope: Scope): unknown => {
  const text = scope.module.source.slice(node.start, node.end)
  if (text === 'import.meta.url') return pathToFileURL(scope.module.file).href
  if (text === 'import.meta.dirname') return dirname(scope.module.file)
  if (text === 'import.meta.filename') return scope.module.file
  const key = node.computed ? evaluate(node.property, scope) : node.property.type === 'Identifier' ? node.property.name : undefined
  const owner = unwrap(node.object)
  if (typeof key !== 'string' && typeof key !== 'number') return unread(scope, node)
  if (isProcessEnv(owner, scope)) return scope.env[key]
  const value = evaluate(owner, scope)
  return isRecord(value) && Object.hasOwn(value, key) ? value[key] : unread(scope, node)
}

const pathFunctions: { readonly [name: string]: (scope: Scope, ...parts: readonly string[]) => string } = {
  join: (_, ...parts) => join(...parts),
  resolve: (scope, ...parts) => resolve(scope.cwd, ...parts),
  dirname: (_, path = '') => dirname(path),
  fileURLToPath: (_, url = '') => (url.startsWith('file:') ? decodeURIComponent(new URL(url).pathname) : url),
}

/** The function of `node:path` or `node:url` that a callee names: `join`, `path.join`, `path.posix.join`; not the `join` of a list. */
const pathFunctionOf = (callee: Expression, source: string): string => {
  if (callee.type === 'Identifier') return callee.name
  const [, name = ''] = /^(?:path|nodePath|Path|url)(?:\.posix|\.win32)?\.(\w+)$/.exec(source.slice(callee.start, callee.end)) ?? []
  return name
}

/** A URL object is as good as its text. */
const asText = (value: unknown): unknown => (isRecord(value) && typeof value.href === 'string' ? value.href : value)

const evaluateCall = (node: Extract<Expression, { type: 'CallExpression' }>, scope: Scope, only?: ReadonlySet<string>): unknown => {
  const name = pathFunctionOf(unwrap(node.callee), scope.module.source)
  const [first] = node.arguments
  if (name === 'defineConfig' && first && first.type !== 'SpreadElement') return evaluate(first, scope, only)
  if (scope.module.source.slice(node.start, node.end) === 'process.cwd()') return scope.cwd
  const call = pathFunctions[name]
  const values = node.arguments.map((argument) => (argument.type === 'SpreadElement' ? unread(scope, argument) : asText(evaluate(argument, scope))))
  return call && values.every((value) => typeof value === 'string') ? call(scope, ...values) : unread(scope, node)
}

/** `new URL('./x', import.meta.url)`. */
const evaluateNew = (node: Extract<Expression, { type: 'NewExpression' }>, scope: Scope): unknown => {
  const [relative, base] = node.arguments.map((argument) => (argument.type === 'SpreadElement' ? undefined : asText(evaluate(argument, scope))))
  const isUrl = node.callee.type === 'Identifier' && node.callee.name === 'URL'
  if (!isUrl || typeof relative !== 'string' || typeof base !== 'string' || !URL.canParse(relative, base)) return unread(scope, node)
  const { href, pathname } = new URL(relative, base)
  return { href, pathname }
}

const evaluateLogical = (node: Extract<Expression, { type: 'LogicalExpression' }>, scope: Scope, only?: ReadonlySet<string>): unknown => {
  const left = evaluate(node.left, scope, only)
  if (left instanceof Unread) return left
  const takesRight = node.operator === '??' ? left === null || left === undefined : node.operator === '||' ? !left : Boolean(left)
  return takesRight ? evaluate(node.right, scope, only) : left
}

const evaluateBinary = (node: Extract<Expression, { type: 'BinaryExpression' }>, scope: Scope): unknown => {
  const [left, right] = [node.left.type === 'PrivateIdentifier' ? unread(scope, node) : evaluate(node.left, scope), evaluate(node.right, scope)]
  if (left instanceof Unread || right instanceof Unread) return unread(scope, node)
  if (node.operator === '===' || node.operator === '==') return left === right
  if (node.operator === '!==' || node.operator === '!=') return left !== right
  return node.operator === '+' && typeof left === 'string' && typeof right === 'string' ? left + right : unread(scope, node)
}

const evaluateIn = (module: Module, name: string, node: Expression, scope: Scope, only?: ReadonlySet<string>): unknown => {
  const key = `${module.file} ${name}`
  return scope.open.has(key) ? unread(scope, node) : evaluate(node, { ...scope, module, open: new Set([...scope.open, key]) }, only)
}

/** A name that another file of the project exports: `import { prefix } from './constants'`, also JSON and whole modules. */
const evaluateImport = (name: string, node: Expression, scope: Scope, only?: ReadonlySet<string>): unknown => {
  const wanted = scope.module.imports.get(name)
  const module = wanted && scope.modules.load(scope.module, wanted.from, scope.cwd)
  if (!module) return unread(scope, node)
  if (wanted.name === '*') return Object.fromEntries([...module.exports].map(([key, value]) => [key, evaluateIn(module, key, value, scope)]))
  const value = module.exports.get(wanted.name)
  return value ? evaluateIn(module, wanted.name, value, scope, only) : unread(scope, node)
}

const evaluateName = (name: string, node: Expression, scope: Scope, only?: ReadonlySet<string>): unknown => {
  if (name === 'undefined') return undefined
  if (name === '__dirname') return dirname(scope.module.file)
  if (name === '__filename') return scope.module.file
  const constant = scope.module.constants.get(name)
  return constant ? evaluateIn(scope.module, name, constant, scope, only) : evaluateImport(name, node, scope, only)
}

/** The value of an expression, or `Unread`. `only` names the members of interest of the outermost object. */
const evaluate = (wrapped: Expression, scope: Scope, only?: ReadonlySet<string>): unknown => {
  const node = unwrap(wrapped)
  switch (node.type) {
    case 'Literal':
      return 'regex' in node ? unread(scope, node) : node.value
    case 'TemplateLiteral':
      return evaluateTemplate(node, scope)
    case 'Identifier':
      return evaluateName(node.name, node, scope, only)
    case 'ObjectExpression':
      return evaluateObject(node, scope, only)
    case 'ArrayExpression':
      return evaluateList(node, scope, only)
    case 'MemberExpression':
      return evaluateMember(node, scope)
    case 'CallExpression':
      return evaluateCall(node, scope, only)
    case 'NewExpression':
      return evaluateNew(node, scope)
    case 'LogicalExpression':
      return evaluateLogical(node, scope, only)
    case 'BinaryExpression':
      return evaluateBinary(node, scope)
    case 'ConditionalExpression': {
      const test = evaluate(node.test, scope)
      return test instanceof Unread ? unread(scope, node) : evaluate(test ? node.consequent : node.alternate, scope, only)
    }
    case 'UnaryExpression': {
      const value = evaluate(node.argument, scope)
      return node.operator === '!' && !(value instanceof Unread) ? !value : unread(scope, node)
    }
    default:
      return unread(scope, node)
  }
}

const wanted: ReadonlySet<string> = new Set<string>(readKeys)

/**
 * The configs that a file's text exports, one or several. `cwd` is where drizzle-kit is run: `path.resolve` and `process.cwd()` go from there.
 * Throws `config-unreadable` where the text does not parse or exports nothing that can be told without running it.
 */
export const readStatically = async (file: string, source: string, cwd: string, env: Environment): Promise<readonly ConfigValues[]> => {
  const { parseSync } = await import('oxc-parser')
  const modules = createModules(parseSync)
  const { module, fault } = modules.read(file, source)
  if (!module) throw new ToolError('config-unreadable', `${file} is not valid: ${fault}`, { help: 'Correct the file, or name the folder with --folder.' })
  const expression = module.exports.get('default')
  const value = expression && evaluateIn(module, 'default', expression, { module, modules, cwd, env, open: new Set() }, wanted)
  const configs = (Array.isArray(value) ? value : [value]).filter(isRecord)
  if (configs.length > 0) return configs
  throw new ToolError('config-unreadable', `${file} exports no config that can be read without running it.`, { help: 'Name the folder with --folder.' })
}
