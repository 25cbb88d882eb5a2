/** Which files are of the browser's side. */

const components = /\.(?:[jt]sx|vue|svelte|astro)$/
const libraries =
  /^(?:(?:react|vue|svelte|solid-js|swr|preact)(?:\/[\w-]+)*|@(?:tanstack\/(?:react|vue|svelte|solid)-query|trpc\/(?:client|next|react-query|tanstack-react-query)))$/

/** `from`: specifiers of what it imports. */
export const isOfBrowser = (path: string, directive: string | undefined, from: Iterable<string>): boolean =>
  components.test(path) || directive === 'use client' || [...from].some((one) => libraries.test(one))
