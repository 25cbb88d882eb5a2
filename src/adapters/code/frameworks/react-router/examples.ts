/** Apps as people write them, and what their pages, layouts and actions do with `users`. */
import type { FrameworkExample } from '../define.ts'

export const examples: readonly FrameworkExample[] = [
  {
    // Flat names: pathless layouts, trailing underscores, escapes, a splat, a folder with a route file; a resource has no component.
    files: {
      'package.json': '{ "dependencies": { "@remix-run/react": "2.0.0", "@remix-run/node": "2.0.0" } }',
      'app/root.tsx': `
        import { db } from '../db'
        import { users } from '../schema'
        export const loader = async () => ({ ids: await db.select({ id: users.id }).from(users) })
        export default function App() { return <html /> }`,
      'app/routes/_auth.people.$id_.edit.tsx': `
        import { eq } from 'drizzle-orm'
        import { json, type ActionFunctionArgs, type LoaderFunctionArgs } from '@remix-run/node'
        import { useLoaderData } from '@remix-run/react'
        import { db } from '../../db'
        import { users } from '../../schema'
        export async function loader({ params }: LoaderFunctionArgs) {
          return json({ people: await db.select().from(users).where(eq(users.id, Number(params.id))) })
        }
        export async function action({ request }: ActionFunctionArgs) {
          await db.update(users).set({ name: String((await request.formData()).get('name')) })
          return null
        }
        export default function Edit() {
          const { people } = useLoaderData<typeof loader>()
          return <p>{people.map((person) => person.email)}</p>
        }`,
      'app/routes/api.people[.]json/route.ts': `
        import { json } from '@remix-run/node'
        import { db } from '../../../db'
        import { users } from '../../../schema'
        export const loader = async () => json(await db.select({ email: users.email }).from(users))`,
      'app/routes/$.tsx': `
        import { db } from '../../db'
        import { users } from '../../schema'
        export const loader = async () => { await db.delete(users) }
        export default function NotFound() { return null }`,
      'app/models/user.server.ts': `
        import { db } from '../../db'
        import { users } from '../../schema'
        export const loader = async () => db.delete(users)`,
    },
    entries: {
      'layout /': 'read users.id',
      'page /people/:id/edit': 'read users.email, read users.id, read users.name',
      'action /people/:id/edit': 'write users.name',
      'GET /api/people.json': 'read users.email',
      'page /*': 'delete users',
    },
  },
  {
    // routes.ts: nested routes, layouts without a path, a prefix; a file that it does not name is none.
    files: {
      'package.json': '{ "devDependencies": { "@react-router/dev": "7.0.0" }, "dependencies": { "@react-router/node": "7.0.0" } }',
      'app/routes.ts': `
        import { index, layout, prefix, route, type RouteConfig } from '@react-router/dev/routes'
        export default [
          index('./home.tsx'),
          layout('./shell.tsx', [route('people', './people.tsx', [route(':id', 'routes/person.tsx')])]),
          ...prefix('api', [route('names', './names.ts')]),
        ] satisfies RouteConfig`,
      'app/home.tsx': `
        import { db } from '../db'
        import { users } from '../schema'
        import type { Route } from './+types/home'
        export async function loader() { return { people: await db.select({ id: users.id, name: users.name }).from(users) } }
        export default function Home({ loaderData }: Route.ComponentProps) { return <p>{loaderData.people[0].name}</p> }`,
      'app/shell.tsx': 'export default function Shell() { return null }',
      'app/people.tsx': `
        import { db } from '../db'
        import { users } from '../schema'
        const guard = async () => { await db.select({ email: users.email }).from(users) }
        export const middleware = [guard]
        export const loader = async () => db.select({ name: users.name }).from(users)
        export default function People() { return null }`,
      'app/routes/person.tsx': `
        import { db } from '../../db'
        import { users } from '../../schema'
        export const action = async () => { await db.delete(users) }
        export default function Person() { return null }`,
      'app/names.ts': `
        import { db } from '../db'
        import { users } from '../schema'
        export const loader = async () => Response.json(await db.select({ name: users.name }).from(users))`,
      'app/routes/unused.tsx': `
        import { db } from '../../db'
        import { users } from '../../schema'
        export const loader = async () => db.delete(users)
        export default function Unused() { return null }`,
    },
    entries: {
      'page /': 'read users.id, read users.name',
      'layout /': '',
      'page /people': 'read users.email, read users.name',
      'page /people/:id': '',
      'action /people/:id': 'delete users',
      'GET /api/names': 'read users.name',
    },
  },
]
