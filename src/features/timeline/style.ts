/** How a drawing looks, light and dark. Chrome is grey; colour is evidence, and never stands alone. Colours are written out: not every viewer knows variables. */

type Theme = {
  readonly [C in
    | 'paper'
    | 'line'
    | 'line2'
    | 'ink'
    | 'ink2'
    | 'ink3'
    | 'applied'
    | 'ground'
    | 'pending'
    | 'edited'
    | 'skipped'
    | 'order'
    | 'blocked'
    | 'unknown']: string
} & { readonly layers: readonly string[] }

const light: Theme = {
  paper: '#f9fbfc',
  line: '#e0e3e6',
  line2: '#c0c5c9',
  ink: '#171e25',
  ink2: '#444b53',
  ink3: '#60676e',
  applied: '#00946b',
  ground: '#52b898',
  pending: '#0072b2',
  edited: '#b8608f',
  skipped: '#b47700',
  order: '#8f8300',
  blocked: '#d55e00',
  unknown: '#7b8187',
  layers: ['#e3d5c4', '#b8c7cf', '#e2e3cd', '#cbb5ad', '#c2d6d4', '#a6afb9', '#ecdace'],
}

const dark: Theme = {
  paper: '#0d1116',
  line: '#23282e',
  line2: '#3c434a',
  ink: '#e6eaed',
  ink2: '#aeb5bb',
  ink3: '#8b939a',
  applied: '#22b68c',
  ground: '#1d7a5f',
  pending: '#3f9fdc',
  edited: '#cc79a7',
  skipped: '#e69f00',
  order: '#e3d64a',
  blocked: '#ec7a24',
  unknown: '#8b9299',
  layers: ['#4c4031', '#283841', '#4e4f3c', '#4e372f', '#354a48', '#262e39', '#584639'],
}

const sans = 'Inter,system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif'
const mono = '"JetBrains Mono",ui-monospace,"SF Mono",Menlo,Consolas,"Liberation Mono",monospace'

const filled = ['paper', 'line', 'line2', 'ink', 'ink2', 'ink3', 'applied', 'ground', 'pending', 'edited', 'skipped', 'order', 'blocked', 'unknown'] as const
const stroked = ['paper', 'line', 'line2', 'ink', 'ink2', 'unknown'] as const

const colours = (theme: Theme): string =>
  [
    ...filled.map((name) => `.f-${name}{fill:${theme[name]}}`),
    ...stroked.map((name) => `.s-${name}{stroke:${theme[name]};fill:none}`),
    ...theme.layers.map((colour, at) => `.layer-${at}{fill:${colour}}`),
  ].join('')

export const layerCount = light.layers.length

/** The drawing's own style sheet. */
export const styleSheet = [
  `text{font-family:${sans};font-variant-numeric:tabular-nums}.mono{font-family:${mono}}`,
  '.answer{font-size:24px;font-weight:640}.strong{font-weight:600}.body{font-size:13px}.small{font-size:12px}',
  '.cut{opacity:.75}',
  colours(light),
  `@media (prefers-color-scheme:dark){${colours(dark)}}`,
].join('')
