// The inside (model to operations) and the renderers use no process, clock, randomness, timer or console. Imports are dependency-cruiser's part; these are globals.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const floors = ['model', 'sql', 'drizzle', 'changes', 'rows', 'rules', 'features', 'operations', 'renderers']

const forbidden = new Map(
  Object.entries({
    process: 'take what you need from the process as an argument',
    performance: 'take the time from world.now()',
    fetch: 'ask an adapter through a port',
    WebSocket: 'ask an adapter through a port',
    console: 'answer a Report; a main prints it',
    setTimeout: 'timers belong to adapters',
    setInterval: 'timers belong to adapters',
    setImmediate: 'timers belong to adapters',
    crypto: 'take hashes from world.hash() and randomness as a seed',
    require: 'import instead',
    eval: 'do not evaluate text',
    globalThis: 'globals belong to adapters',
    global: 'globals belong to adapters',
    __dirname: 'paths belong to adapters',
  }),
)
const forbiddenMembers = new Map([
  ['Date.now', 'take the time from world.now()'],
  ['Math.random', 'take a seed as an argument'],
])

/** An identifier that is only a name: of a property, of a declaration, of an imported or exported thing, of a type member. */
const isOnlyName = (node) => {
  const { parent } = node
  if (ts.isPropertyAccessExpression(parent) || ts.isQualifiedName(parent)) return (parent.name ?? parent.right) === node
  if (ts.isShorthandPropertyAssignment(parent)) return false
  return parent.name === node || parent.propertyName === node || ts.isImportSpecifier(parent) || ts.isLabeledStatement(parent)
}

const declaresInFile = (source) => {
  const names = new Set()
  const visit = (node) => {
    if (
      (ts.isVariableDeclaration(node) || ts.isParameter(node) || ts.isBindingElement(node) || ts.isFunctionDeclaration(node) || ts.isImportSpecifier(node)) &&
      node.name &&
      ts.isIdentifier(node.name)
    )
      names.add(node.name.text)
    ts.forEachChild(node, visit)
  }
  visit(source)
  return names
}

const impuritiesOf = (source) => {
  const declared = declaresInFile(source)
  const found = []
  const add = (node, name, help) => found.push({ ...source.getLineAndCharacterOfPosition(node.getStart(source)), name, help })
  const visit = (node) => {
    if (ts.isTypeNode(node)) return
    if (ts.isIdentifier(node) && forbidden.has(node.text) && !declared.has(node.text) && !isOnlyName(node)) add(node, node.text, forbidden.get(node.text))
    if (ts.isPropertyAccessExpression(node) && forbiddenMembers.has(node.getText(source)))
      add(node, node.getText(source), forbiddenMembers.get(node.getText(source)))
    if (ts.isNewExpression(node) && node.expression.getText(source) === 'Date' && !node.arguments?.length)
      add(node, 'new Date()', 'take the time from world.now()')
    if (ts.isMetaProperty(node)) add(node, 'import.meta', 'paths belong to adapters')
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

const folders = process.argv.length > 2 ? process.argv.slice(2) : floors.map((floor) => join(root, 'src', floor)).filter((folder) => existsSync(folder))
const files = folders.flatMap((folder) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name)),
)
if (files.length === 0) {
  console.error('check-pure looked at no file')
  process.exit(1)
}
let count = 0
for (const file of files) {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.ES2023, true)
  for (const { line, character, name, help } of impuritiesOf(source)) {
    count++
    console.log(`${relative(root, file)}:${line + 1}:${character + 1} uses ${name}: ${help}`)
  }
}
console.log(`${count} impurities in ${files.length} files`)
process.exit(count ? 1 : 0)
