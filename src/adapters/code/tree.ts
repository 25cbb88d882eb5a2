/**
 * A source file as the analysis wants it: expressions and statements with names bound, types kept where they say something of values, everything else gone. It is
 * JSON, made once per content and cached (a function of a cached tree reads its code when it is asked for: go through a tree with `for … in`, not by `Object.keys`). Control flow is flattened: what a branch or a loop may do counts as done, in the order of the text.
 * `at` is the line, from 1.
 */

/** Names a declaration of this file: position in `FileTree.bindings`. */
export type BindingId = number

export type Binding = { readonly name: string /** The function that declares it: position in `functions`; 0 is the file itself. */; readonly fn: number }

export type Expression =
  | { readonly k: 'ref'; readonly b: BindingId; readonly at: number }
  /** A name that nothing in the file declares: `process`, `console`, `Promise`, `undefined`. */
  | { readonly k: 'global'; readonly n: string; readonly at: number }
  /** Also a template without holes. Regular expressions, bigints and `undefined` are `other`. */
  | { readonly k: 'lit'; readonly v: string | number | boolean | null; readonly at: number }
  | { readonly k: 'tpl'; readonly q: readonly string[]; readonly e: readonly Expression[]; readonly at: number }
  /** A tagged template; `q` are the cooked texts. */
  | {
      readonly k: 'tag'
      readonly f: Expression
      readonly q: readonly string[]
      readonly e: readonly Expression[]
      readonly T?: readonly Type[]
      readonly at: number
    }
  /** `o.p`, `o?.p`, and `o['p']` with a literal. */
  | { readonly k: 'get'; readonly o: Expression; readonly p: string; readonly at: number }
  | { readonly k: 'index'; readonly o: Expression; readonly i: Expression; readonly at: number }
  /** `T` are type arguments. A spread argument is `spread`. */
  | { readonly k: 'call' | 'new'; readonly f: Expression; readonly a: readonly Expression[]; readonly T?: readonly Type[]; readonly at: number }
  | { readonly k: 'obj'; readonly p: readonly Property[]; readonly at: number }
  | { readonly k: 'arr'; readonly e: readonly Expression[]; readonly at: number }
  | { readonly k: 'spread'; readonly e: Expression; readonly at: number }
  /** A function or method expression: position in `functions`. */
  | { readonly k: 'fn'; readonly i: number; readonly at: number }
  /** Position in `classes`. */
  | { readonly k: 'class'; readonly i: number; readonly at: number }
  | { readonly k: 'await'; readonly e: Expression; readonly at: number }
  /** `yield x`, and `yield* xs` with `all`. Its value is what is yielded: a library that runs a generator gives that back. */
  | { readonly k: 'yield'; readonly e: Expression; readonly all?: true; readonly at: number }
  /** `a ? b : c`, `a && b`, `a || b`, `a ?? b`: `t` is evaluated, then one of `e` is the value, or `t` itself where it is kept (`||`, `??`). `t` is not among `e`: a chain would double with each link. */
  | { readonly k: 'choice'; readonly t: Expression; readonly keep: boolean; readonly e: readonly Expression[]; readonly at: number }
  /** Two-sided operators without `&&`, `||`, `??`; `op` as written (`===`, `+`, `in`, `instanceof`). */
  | { readonly k: 'binary'; readonly op: string; readonly l: Expression; readonly r: Expression; readonly at: number }
  /** `op` is `=` or `+=`, `??=` … ; `++` and `delete` are `other`. */
  | { readonly k: 'assign'; readonly to: Target; readonly op: string; readonly e: Expression; readonly at: number }
  | { readonly k: 'this' | 'super'; readonly at: number }
  /** `x as T`, `x satisfies T`, `<T>x`; `x as const` and `x!` are just x. `how` tells `as` and `satisfies` apart. */
  | { readonly k: 'cast'; readonly e: Expression; readonly T: Type; readonly how: 'as' | 'satisfies'; readonly at: number }
  /** `import('./x')` and `require('./x')` of a literal. */
  | { readonly k: 'import'; readonly from: string; readonly at: number }
  /** An element: `tag` is a string for host elements (`div`), and for fragments `''`. Attributes are properties of an object, children follow. */
  | { readonly k: 'jsx'; readonly tag: Expression | string; readonly p: readonly Property[]; readonly c: readonly Expression[]; readonly at: number }
  /** Anything else (unary operators, sequences, `++`, regular expressions): its parts are evaluated, its value is unknown. */
  | { readonly k: 'other'; readonly e: readonly Expression[]; readonly at: number }

/** `key: value`, `[computed]: value`, `...spread`. Methods and accessors are keys with a `fn`; `get` marks an accessor that is read. */
export type Property =
  | { readonly k: 'key'; readonly n: string; readonly e: Expression; readonly get?: true; readonly at: number }
  | { readonly k: 'computed'; readonly i: Expression; readonly e: Expression; readonly at: number }
  | { readonly k: 'spread'; readonly e: Expression; readonly at: number }

/** What a value is bound or assigned to. */
export type Target =
  | { readonly k: 'name'; readonly b: BindingId; readonly T?: Type; readonly at: number }
  /** `{ a, b: c = 1, ...rest }` */
  | {
      readonly k: 'objectOf'
      readonly p: readonly { readonly n: string | Expression; readonly to: Target; readonly e?: Expression; readonly at: number }[]
      readonly rest?: Target
      readonly T?: Type
      readonly at: number
    }
  /** `[a, , b = 1, ...rest]`; a hole is null. */
  | {
      readonly k: 'arrayOf'
      readonly e: readonly ({ readonly to: Target; readonly e?: Expression } | null)[]
      readonly rest?: Target
      readonly T?: Type
      readonly at: number
    }
  /** `o.p = …`, `o[i] = …`; also `this.p`. */
  | { readonly k: 'place'; readonly o: Expression; readonly p: string | Expression; readonly at: number }
  /** A global that is assigned to. */
  | { readonly k: 'nowhere'; readonly at: number }

export type Statement =
  | { readonly k: 'do'; readonly e: Expression; readonly at: number }
  | { readonly k: 'let'; readonly to: Target; readonly e?: Expression; readonly at: number }
  | { readonly k: 'return'; readonly e: Expression; readonly at: number }
  /** `for (const x of xs)`, and `for await`; what `for … in` names are unknown strings: `keys`. The body follows in the list: `n` statements. */
  | { readonly k: 'each'; readonly to: Target; readonly e: Expression; readonly n: number; readonly keys?: true; readonly at: number }
  /** `switch (e) { case a: case b: }`; the bodies follow in the list. */
  | { readonly k: 'switch'; readonly e: Expression; readonly cases: readonly Expression[]; readonly at: number }
  | { readonly k: 'throw'; readonly e: Expression; readonly at: number }

export type Parameter = {
  readonly to: Target
  readonly e?: Expression
  readonly rest?: true /** `private readonly x: T` in a constructor. */
  readonly field?: string
  readonly decorators?: readonly Expression[]
}

/** Function declarations are bound before the body runs: `own`. */
export type FunctionTree = {
  readonly name: string
  readonly at: number
  /** Position of the function around it; undefined for the file. */
  readonly outer?: number
  readonly params: readonly Parameter[]
  readonly body: readonly Statement[]
  readonly returns?: Type
  /** Arrow functions have no `this` of their own. */
  readonly arrow?: true
  readonly generator?: true
  /** `"use server"` and the like, at its top. */
  readonly directives?: readonly string[]
  /** Names of its type parameters. */
  readonly typeParams?: readonly string[]
  /** Function and class declarations in its body. */
  readonly own?: readonly { readonly b: BindingId; readonly fn?: number; readonly class?: number }[]
}

export type ClassTree = {
  readonly name: string
  readonly at: number
  readonly outer: number
  readonly extends?: Expression
  readonly implements?: readonly Type[]
  readonly decorators?: readonly Expression[]
  readonly constructor_?: number
  readonly members: readonly {
    readonly n: string
    readonly static?: true
    readonly kind: 'method' | 'get' | 'set' | 'field'
    readonly fn?: number
    readonly e?: Expression
    readonly T?: Type
    readonly decorators?: readonly Expression[]
    readonly at: number
  }[]
}

export type Type =
  /** A name, with a binding where the file declares it (an import too): `User`, `schema.User` has a path. */
  | { readonly k: 'name'; readonly n: readonly string[]; readonly b?: BindingId; readonly a?: readonly Type[] }
  /** `typeof x.y`, and `typeof f<A>`. */
  | { readonly k: 'typeof'; readonly n: readonly string[]; readonly b?: BindingId; readonly a?: readonly Type[] }
  | { readonly k: 'array'; readonly e: Type }
  | { readonly k: 'tuple'; readonly e: readonly Type[] }
  | { readonly k: 'union'; readonly e: readonly Type[] }
  | { readonly k: 'all'; readonly e: readonly Type[] }
  | { readonly k: 'lit'; readonly v: string | number | boolean | null }
  | {
      readonly k: 'object'
      readonly p: readonly {
        readonly n: string
        readonly T: Type
        readonly optional?: true
        readonly at: number
      }[] /** `[key: string]: T` and `Record<string, T>`. */
      readonly index?: Type
    }
  | { readonly k: 'fn'; readonly params: readonly Type[]; readonly returns: Type }
  /** `T[K]`. */
  | { readonly k: 'at'; readonly o: Type; readonly i: Type }
  | { readonly k: 'keyof'; readonly e: Type }
  | { readonly k: 'any' }

/** `type X<A> = …`, `interface X extends Y {}`, and `enum X {}` (as a union; its value is an object too). */
export type TypeDeclaration = {
  readonly b: BindingId
  readonly params?: readonly string[]
  readonly T: Type
  readonly extends?: readonly Type[]
  readonly at: number
}

/** `name`: the export's name there, `default`, or `*` for the namespace. */
export type Import = { readonly b: BindingId; readonly from: string; readonly name: string; readonly type?: true; readonly at: number }

export type Export =
  | { readonly name: string; readonly b: BindingId; readonly at: number }
  /** `export default <expression>`. */
  | { readonly name: 'default'; readonly e: Expression; readonly at: number }
  /** `export { a as b } from './x'`, `export * as ns from './x'` (import `*`). */
  | { readonly name: string; readonly from: string; readonly import: string; readonly at: number }
  /** `export * from './x'`. */
  | { readonly name: '*'; readonly from: string; readonly at: number }

export type FileTree = {
  readonly bindings: readonly Binding[]
  /** The first one is the file itself. */
  readonly functions: readonly FunctionTree[]
  readonly classes: readonly ClassTree[]
  readonly types: readonly TypeDeclaration[]
  readonly imports: readonly Import[]
  /** `import './x'`. */
  readonly effects: readonly string[]
  readonly exports: readonly Export[]
  readonly directives: readonly string[]
  /** Why the file could not be read to its end, if it could not. */
  readonly broken?: { readonly why: string; readonly at: number }
}
