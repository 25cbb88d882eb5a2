/** Next.js: route handlers, pages, server actions, middleware; all by the place of their file. */
import { type Enter, rootAt } from './common/enter.ts'
import { isFirst } from './common/first.ts'
import { isCode, unknowns, withoutExtension } from './common/module.ts'
import { insidePackage } from './common/package.ts'
import { defineFramework, type ProjectFiles, type Root } from './define.ts'
import { appFile } from './nextjs/app-router.ts'
import { each, together } from './nextjs/enter.ts'
import { examples } from './nextjs/examples.ts'
import { imported } from './nextjs/exports.ts'
import { pagesFile } from './nextjs/pages-router.ts'

const boot: Enter = (exports, at) => together(`boot ${at.path} -> register`, 'boot', ['register'])(exports, at)

/** What a file is by its place in the package; undefined where Next.js does not call it. */
const byPlace = (inside: string): Enter | undefined => {
  const [top = '', ...below] = withoutExtension(inside).split('/')
  if (below.length === 0 && (top === 'middleware' || top === 'proxy')) return together('middleware', 'middleware', [top, 'default'])
  if (below.length === 0) return top === 'instrumentation' ? boot : undefined
  if (top === 'pages') return pagesFile(below)
  return top === 'app' ? appFile(below) : undefined
}

const actions: Enter = each(
  'action',
  () => true,
  (name) => `action ${name}`,
)

const rootsAt = (project: ProjectFiles, path: string): readonly Root[] => {
  const directives = project.directives(path)
  const enter = directives.includes('use server') ? actions : byPlace(insidePackage(project, path))
  // A client component runs in the browser: what it calls there are entries of their own.
  return enter === undefined || directives.includes('use client') ? [] : [rootAt(path, enter)]
}

export const nextjs = defineFramework({
  id: 'nextjs',
  title: 'Next.js',
  packages: ['next', 'next/*', 'react'],
  starts: [],
  imported: (from, [name = '', ...rest]) => (rest.length === 0 ? imported(from, name) : undefined),
  directed(directive, handler, machine, site) {
    const { path } = handler.scope.file
    const { name = '', at = site.place.line } = handler.scope.file.tree.functions[handler.fn] ?? {}
    if (directive !== 'use server' || !isFirst(`inline action ${path}:${handler.fn}`, machine)) return
    const runs = [{ what: 'action', handler, args: unknowns }]
    machine.entry({ name: `action ${name || 'inline'}`, kind: 'action', framework: 'nextjs', place: { file: path, line: at }, runs })
  },
  roots: (project) =>
    project
      .dependents(['next'])
      .filter(isCode)
      .flatMap((path) => rootsAt(project, path)),
  examples,
})
