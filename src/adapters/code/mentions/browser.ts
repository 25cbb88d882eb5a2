/** Which files are of the browser's side, told by their texts. */
import { directiveIn } from '../directive.ts'

const components = /\.(?:[jt]sx|vue|svelte|astro)$/
const libraries =
  /\bfrom\s*['"](?:react|vue|svelte|solid-js|swr|preact)(?:\/[\w-]+)*['"]|\bfrom\s*['"]@(?:tanstack\/(?:react|vue|svelte|solid)-query|trpc\/(?:client|next|react-query|tanstack-react-query))['"]/

export const isOfBrowser = (path: string, text: string): boolean => components.test(path) || directiveIn(text) === 'use client' || libraries.test(text)
