import type { z } from 'zod'
import { settingGroups } from '../../src/platform/settings/settings.ts'

/**
 * The page with the tables that the settings' own descriptions make. Each table is the one under the heading of its group.
 *
 * @throws Error when a group has no heading with a table, or a heading with a table has no group.
 */
export function withTables(page: string): string {
  const left = new Map(Object.entries(settingGroups).map(([title, group]) => [title, tableOf(group)]))
  const text = page.replaceAll(/^## (.+)\n(?:(?!## |\|).*\n)*((?:\|.*\n)+)/gm, (section, title: string, table: string) => {
    const made = left.get(title)
    if (made === undefined)
      throw new Error(`docs/configuration.md has a table for "${title}", and src/platform/settings/settings.ts no group.`)
    left.delete(title)
    return section.slice(0, -table.length) + made
  })
  if (left.size > 0) throw new Error(`docs/configuration.md lacks a heading with a table for: ${[...left.keys()].join(', ')}.`)
  return text
}

type Group = (typeof settingGroups)[keyof typeof settingGroups]

function tableOf(group: Group): string {
  const rows = Object.entries<z.ZodType>(group).map(([name, schema]) => {
    const { description, values, fallback } = detailsOf(schema)
    if (description === undefined || values === undefined) throw new Error(`${name} lacks a description, or what values it takes.`)
    return [`\`${name}\``, fallback ?? '', values, description]
  })
  return [['setting', 'default', 'values', 'meaning'], ['---', '---', '---', '---'], ...rows]
    .map((cells) => `|${cells.map((cell) => (cell === '' ? ' |' : ` ${cell} |`)).join('')}\n`)
    .join('')
}

interface Details {
  description?: string
  values?: string
  fallback?: string
}

/** What a setting says about itself: the outer parts of its schema first, such as its default, then the inner ones. */
function detailsOf(schema: z.ZodType): Details {
  const { type, innerType, in: input, defaultValue } = schema.def as Parts
  const inner = innerType ?? (type === 'pipe' ? input : undefined)
  const { description, values, fallback } = schema.meta() ?? {}
  return {
    ...(inner && detailsOf(inner)),
    ...(type === 'default' || type === 'prefault' ? { fallback: `\`${defaultValue}\`` } : {}),
    ...(description !== undefined && { description }),
    ...(typeof values === 'string' && {
      values: values.replaceAll(/^\d+|(?<= to )\d+$/g, (digits) => Number(digits).toLocaleString('en')),
    }),
    ...(typeof fallback === 'string' && { fallback }),
  }
}

/** What the schemas hold that are made of others. */
interface Parts {
  type: string
  innerType?: z.ZodType
  in?: z.ZodType
  defaultValue?: unknown
}
