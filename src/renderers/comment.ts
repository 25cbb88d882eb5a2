import { defineRenderer } from './define.ts'
import { markdownWithin } from './markdown.ts'

/** GitHub takes 65,536 characters; the rest is for the hidden mark by which the comment is found again. */
const longestComment = 65_000

export const comment = defineRenderer({
  name: 'comment',
  summary: 'The same for a comment on a pull request: at most 65,000 characters.',
  render: (report, options) => markdownWithin(report, options, (text) => text.length <= longestComment),
})
