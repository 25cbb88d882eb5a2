/**
 * React's boundary between server and browser: what a page renders of files with `use client` runs in the browser, and what the browser calls of files with
 * `use server` is a request of its own. Neither is a call of the page.
 */
import type { FunctionValue, Site } from '../value.ts'

export type Side = 'same' | 'into the browser' | 'back to the server'

const isDirected = ({ scope, fn }: FunctionValue, directive: string): boolean => {
  const { directives, functions } = scope.file.tree
  return directives.includes(directive) || (functions[fn]?.directives?.includes(directive) ?? false)
}

export class Boundary {
  readonly #browser = new Set<number>()

  inBrowser(node: number): boolean {
    return this.#browser.has(node)
  }

  /** A function that runs in the browser whoever calls it. */
  cross(node: number): void {
    this.#browser.add(node)
  }

  /** A function that the server calls too, with what it calls in turn. */
  back(node: number, callsOf: (node: number) => readonly number[]): void {
    if (!this.#browser.delete(node)) return
    for (const one of callsOf(node)) this.back(one, callsOf)
  }

  between({ node }: Site, callee: FunctionValue): Side {
    if (this.#browser.has(node)) return isDirected(callee, 'use server') ? 'back to the server' : 'same'
    return isDirected(callee, 'use client') ? 'into the browser' : 'same'
  }

  /** A function is on the side of the first that calls it, unless it says where it runs. */
  made(node: number, site: Site, callee: FunctionValue): void {
    if (isDirected(callee, 'use client') || (this.#browser.has(site.node) && !isDirected(callee, 'use server'))) this.#browser.add(node)
  }
}
