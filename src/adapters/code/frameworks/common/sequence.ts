/** `sequence(a, b)` of hooks or of middleware: each of them is called alike. */
import { any, native } from '../../value.ts'

export const sequence = native('sequence', ({ args: handlers }) =>
  native('sequence', ({ args, ...site }) => {
    for (const handler of handlers) site.machine.invoke(handler, args, site)
    return any
  }),
)
