/** What the parts of the machine ask of each other. */
import type { CodePlace, Confidence } from '../../../model/code.ts'
import type { Expression, Target, Type } from '../tree.ts'
import type { ClassValue, FileScope, FunctionValue, Machine, Scope, Site, Value } from '../value.ts'

/** One call of a function that is being followed; `yielded` is what a generator gives one by one. */
export type Frame = {
  readonly scope: Scope
  readonly node: number
  readonly returned: Value[]
  readonly yielded?: Value[]
  /** Where it was last: a line has several things to ask. */
  site: Site | undefined
}

/** A file of the project, or a package. */
export type Resolved = { readonly file: string } | { readonly package: string }

/** Type parameters by name. */
export type TypeArguments = ReadonlyMap<string, Value>

export interface Core extends Machine {
  site(frame: Frame, line: number): Site
  evaluate(expression: Expression, frame: Frame): Value
  /** Binds, or assigns to, what a target names. */
  bind(target: Target, value: Value, frame: Frame, how: 'declare' | 'assign'): void
  /** What a name of the file is: a variable, a function, an import. */
  lookup(binding: number, scope: Scope): Value
  /** The same, of a file that is read only when somebody asks for it: for tables with many members. */
  lookupLater(binding: number, scope: Scope): Value
  /** The value of a type, where nothing is known of the value itself. */
  typed(type: Type, scope: Scope, given?: TypeArguments): Value
  /** The type's value where the value is nothing. */
  orTyped(value: Value, type: Type | undefined, scope: Scope): Value
  /** An instance of a class, made without knowing the arguments. */
  instance(of: ClassValue): Value
  closure(fn: number, scope: Scope, self?: Value): FunctionValue
  classOf(index: number, scope: Scope): ClassValue
  /** What an export of a file is; undefined where there is none. */
  exported(path: string, name: string): Value | undefined
  /** Somebody asks for an export of this name. */
  asked(name: string): void
  exportNames(path: string): readonly string[]
  imported(from: string, file: FileScope): Resolved | undefined
  /** What a package exports. */
  external(from: string, path: readonly string[]): Value
  externalType(from: string, name: string, args: readonly Value[]): Value
  /** The scope of a file, whose statements need not have run. */
  scopeOf(path: string): Scope | undefined
  global(name: string, file: FileScope): Value
  /** What stands behind an interface that a file declares. */
  implementations(name: string, path: string, site: Site): Value
  /** What a function gives when it is called with what its parameters' types say; no call of the program. */
  result(of: FunctionValue, site: Site): Value
  /** A component of JSX. The functions among its properties answer events: they do not run when it is rendered. */
  render(component: Value, props: Value, site: Site): void
  /** Sets the functions and classes that are declared in a scope. */
  hoist(scope: Scope): void
  /** A new node of the graph, for what runs once, while files are loaded. */
  node(name: string, place: CodePlace): number
  connect(from: Site, to: number, confidence: Confidence): void
}
