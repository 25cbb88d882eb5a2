// Imports a TypeScript module of the repository from a plain script; Node 20 cannot strip types by itself.
import { mkdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'

const cache = join(dirname(dirname(fileURLToPath(import.meta.url))), 'node_modules', '.cache', 'load')

/** The module that `file` exports, bundled; packages are found in node_modules as always. */
export const loadModule = async (file) => {
  mkdirSync(cache, { recursive: true })
  const outfile = join(cache, `${process.pid}-${Date.now()}-${file.replaceAll(/[^\w.-]/g, '_')}.mjs`)
  await build({
    entryPoints: [file],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    packages: 'external',
    loader: { '.sql': 'text' },
    logLevel: 'error',
  })
  try {
    return await import(pathToFileURL(outfile).href)
  } finally {
    rmSync(outfile, { force: true })
  }
}
