/** The contract of the voices: one file is one renderer, a pure function from a report to text. */
import type { FailOn, Report } from '../model/report.ts'

export type RenderOptions = {
  /** The tool's version, for machine formats. */
  readonly version: string
  readonly failOn: FailOn
  /** ANSI colours may be used. */
  readonly color: boolean
  /** Columns of the terminal; at least 40 are used. */
  readonly width: number
  /** False where only ASCII can be shown. */
  readonly unicode: boolean
  /** Show everything: long runs of like notes are not folded. */
  readonly verbose: boolean
}

export type Renderer = {
  readonly name: string
  /** One line for the help and the reference. */
  readonly summary: string
  /** The whole text, newline at its end, empty when there is nothing to say. */
  render(report: Report, options: RenderOptions): string
}

export const defineRenderer = (renderer: Renderer): Renderer => renderer
