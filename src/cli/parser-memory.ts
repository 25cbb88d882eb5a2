/**
 * The memory of the parser's WebAssembly, as V8 need not know of it. V8 counts its 128 MB, of which a run touches one or two, to what the process holds, and at once looks through the
 * whole heap for what could be given back: 10 ms of processor time. Memory that threads may share is not counted (docs/decisions/0013).
 */
import { readFileSync } from 'node:fs'

/** As far as it is used here: Node has no types of it by itself. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (module: object, imports: object) => Instance
}
type Instance = { readonly exports: object }

const memorySection = 5
const withMaximum = 1
const sharedWithMaximum = 3
/** Magic and version. */
const headerBytes = 8

/** A number as WebAssembly writes it (LEB128), and where it ends. */
const numberAt = (bytes: Uint8Array, at: number): { readonly value: number; readonly end: number } => {
  let [value, end] = [0, at]
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[end++] ?? 0
    value += (byte & 0x7f) * 2 ** shift
    if (byte < 0x80) return { value, end }
  }
}

/** Lets threads share the module's memory, if it is one that may grow up to a maximum: one bit in its description. Nothing else changes, for no thread does. */
const shareMemory = (module: Uint8Array): void => {
  for (let at = headerBytes; at < module.length; ) {
    const { value: length, end: content } = numberAt(module, at + 1)
    if (module[at] === memorySection) {
      const { value: memories, end: limits } = numberAt(module, content)
      if (memories === 1 && module[limits] === withMaximum) module[limits] = sharedWithMaximum
      return
    }
    at = content + length
  }
}

/** What the package's factory asks for, where it shall not load its WebAssembly by itself. Compiled at once, for nothing else is to be done meanwhile. */
export const instantiateFrom =
  (path: string) =>
  (imports: object, done: (instance: Instance) => void): object => {
    const bytes = readFileSync(path)
    shareMemory(bytes)
    const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), imports)
    done(instance)
    return instance.exports
  }
