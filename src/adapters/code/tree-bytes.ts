/** A tree as bytes, and a tree again. The code of a function stands by itself, so that it can be read when somebody asks for it. */
import { Reader, Writer } from './packed.ts'
import type { FileTree, FunctionTree } from './tree.ts'

/** A function whose code is read more often than this stays as it is read. */
const mostReadings = 3

/** A function of which the code is read where it is followed: a third is asked for by nobody, and most of the others once or twice. What was read is garbage soon, and costs nothing to collect. */
class KeptFunction {
  readonly #reader: Reader
  readonly #paramsFrom: number
  readonly #bodyFrom: number
  #readings = 0
  #params: FunctionTree['params'] | undefined
  #body: FunctionTree['body'] | undefined
  constructor(reader: Reader) {
    Object.assign(this, reader.value())
    this.#reader = reader
    this.#paramsFrom = reader.skip()
    this.#bodyFrom = reader.skip()
  }
  get params(): FunctionTree['params'] {
    this.#params ??= this.#reader.valueAt(this.#paramsFrom) as FunctionTree['params']
    return this.#params
  }
  get body(): FunctionTree['body'] {
    if (this.#body) return this.#body
    const body = this.#reader.valueAt(this.#bodyFrom) as FunctionTree['body']
    if (++this.#readings > mostReadings) this.#body = body
    return body
  }
  toJSON(): unknown {
    return { ...this, params: this.params, body: this.body }
  }
}
/** Who goes through all that a node holds (`for … in`) comes by them too. */
for (const name of ['params', 'body']) Object.defineProperty(KeptFunction.prototype, name, { enumerable: true })

export const bytesOf = ({ functions, ...tree }: FileTree): Uint8Array<ArrayBuffer> => {
  const writer = new Writer()
  writer.value(tree)
  writer.value(functions.length)
  for (const { params, body, ...head } of functions) {
    writer.value(head)
    writer.skippable(params)
    writer.skippable(body)
  }
  return writer.bytes()
}

export const treeOf = (bytes: Uint8Array): FileTree => {
  const reader = new Reader(bytes)
  const tree = reader.value() as Omit<FileTree, 'functions'>
  const count = reader.value() as number
  return { ...tree, functions: Array.from({ length: count }, () => new KeptFunction(reader) as unknown as FunctionTree) }
}
