/** Where nothing may be put in line before somebody has decided. */
import type { History } from '../../model/history.ts'
import { listed } from '../../rules/running-code.ts'
import type { Choices } from './choices.ts'
import { type ClassName, type ClassNumber, collisionClass } from './classes.ts'
import type { Conflict, Way } from './commute.ts'
import type { Sides } from './sides.ts'

export type Stop = {
  readonly class: ClassNumber
  readonly name: ClassName
  /** How it is called in `--choose`. */
  readonly key: string
  readonly explanation: string
  readonly ways: readonly (Pick<Way, 'text' | 'who'> & { readonly id: string })[]
  /** The statements that meet; absent where it is about files. */
  readonly conflict?: Conflict
}

type Asked = { readonly sides: Sides; readonly landed: History; readonly mine: History; readonly choices: Choices }

const stop = (number: ClassNumber, about: string, explanation: string, ways: Stop['ways']): Stop => {
  const { name } = collisionClass(number)
  return { class: number, name, key: about === '' ? name : `${name}:${about}`, explanation, ways }
}

const takeLanded = (text: string): Stop['ways'][number] => ({ id: 'take-landed', who: 'tool', text })

const removedStops = ({ sides }: Asked): readonly Stop[] =>
  (['landed', 'mine'] as const).flatMap((by) => {
    const tags = sides.removed.filter((each) => each.by === by).map(({ migration }) => migration.tag)
    if (tags.length === 0) return []
    return by === 'landed'
      ? [
          stop(19, 'landed', `The landed side no longer has ${listed(tags, 4)}, on which mine was made: it was squashed or dropped there.`, [
            takeLanded('Take the landed folder as it is and put mine behind it. Databases that have run what is gone need what the squash’s author says.'),
            {
              id: 'ask',
              who: 'person',
              text: 'Ask who squashed whether what mine stands on is still there, and make mine anew from the landed schema if it is not.',
            },
          ]),
        ]
      : [
          stop(19, 'mine', `Mine no longer has ${listed(tags, 4)}, which the landed side has.`, [
            takeLanded('Bring what has landed back and put the rest of mine behind it.'),
            { id: 'land-first', who: 'person', text: 'If they are to go for everybody, remove them on the landed branch first, and then merge.' },
          ]),
        ]
  })

const editedStops = ({ sides }: Asked): readonly Stop[] =>
  sides.edited
    .filter(({ by }) => by !== 'landed')
    .map(({ tag, by }) =>
      stop(
        19,
        tag,
        `${tag} stands on both sides, in two texts: ${by === 'mine' ? 'mine was changed after it had landed' : 'each side changed it'}. A database that has run one of them will not run the other.`,
        [
          takeLanded('Take the landed text; what mine has beyond it must come in a migration of its own.'),
          { id: 'new-migration', who: 'person', text: 'Write what mine changed as a new migration (drizzle-kit generate --custom), and take the landed text.' },
        ],
      ),
    )

const isOpen = ({ choices }: Asked, { key }: Stop): boolean => choices.get(key) !== 'take-landed' && choices.get('*') !== 'take-landed'

const layoutStops = ({ landed, mine }: Asked): readonly Stop[] =>
  landed.layout === mine.layout
    ? []
    : [
        stop(
          20,
          '',
          `The landed side has ${landed.layout === 'journal' ? 'a journal' : 'one folder per migration (drizzle-kit 1.0)'}, mine has ${mine.layout === 'journal' ? 'a journal' : 'one folder per migration (drizzle-kit 1.0)'}.`,
          [{ id: 'convert', who: 'person', text: 'Convert the side that has the journal first (drizzle-kit 1.0: `drizzle-kit up`), commit, and merge again.' }],
        ),
      ]

const brokenStops = ({ landed, mine }: Asked): readonly Stop[] =>
  (
    [
      ['landed', landed],
      ['mine', mine],
    ] as const
  ).flatMap(([side, { faults, folder }]) =>
    faults
      .filter(({ type }) => type !== 'journal-duplicate-key')
      .slice(0, 1)
      .map(({ path, line }) =>
        stop(23, side, `On the ${side} side ${folder}/${path}:${line} is damaged as it was committed.`, [
          { id: 'repair', who: 'person', text: 'Repair it in a commit of its own: pgstrata doctor says what is wrong.' },
        ]),
      ),
  )

/** Snapshots that have landed and on which one behind them builds: the newest, in a 1.0 folder all of them. */
export const snapshotStops = ({ migrations, layout, folder }: History): readonly Stop[] => {
  const known = migrations.flatMap(({ tag, snapshot }) => (snapshot ? [{ tag, ...snapshot }] : []))
  return (layout === 'folders' ? known : known.slice(-1)).flatMap(({ tag, path, fault }) =>
    fault
      ? [
          stop(23, tag, `On the landed side ${folder}/${path}:${fault.line} is damaged as it was committed: mine's snapshots cannot be made behind it.`, [
            { id: 'repair', who: 'person', text: 'Repair it on the landed branch in a commit of its own: pgstrata doctor says what is wrong.' },
          ]),
        ]
      : [],
  )
}

const missingStops = ({ sides }: Asked): readonly Stop[] =>
  sides.mine
    .filter(({ sql }) => sql === undefined)
    .map(({ tag, path }) =>
      stop(23, tag, `The journal of mine names ${tag}, and its file ${path} is missing.`, [
        { id: 'restore', who: 'person', text: 'Bring the file back (git log --all -- PATH finds it), or take the entry out of the journal.' },
      ]),
    )

/** What the files alone ask of somebody, decided or not. */
export const folderDecisions = (asked: Asked): readonly Stop[] => [...removedStops(asked), ...editedStops(asked)]

/** What the files alone forbid. */
export const folderStops = (asked: Asked): readonly Stop[] => [
  ...layoutStops(asked),
  ...brokenStops(asked),
  ...folderDecisions(asked).filter((each) => isOpen(asked, each)),
  ...missingStops(asked),
]
