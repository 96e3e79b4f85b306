import {
  buildSchema,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  type GraphQLType,
  getNamedType,
  isAbstractType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isUnionType,
} from 'graphql'
import { type Annotated, annotations } from './annotations.ts'
import { directivesPage } from './directivesPage.ts'
import { kinds, pageOfType } from './kinds.ts'
import { prose, table } from './markdown.ts'

/** The pages of the reference: their file names and texts. Each type and root field has its name as anchor. */
export function referencePages(sdl: string): Map<string, string> {
  const schema = buildSchema(sdl, { assumeValidSDL: true })
  const types = Object.values(schema.getTypeMap())
    .filter((type) => !isIntrospectionType(type))
    .sort(byName)
  const roots = new Map([
    ['queries', schema.getQueryType()],
    ['mutations', schema.getMutationType()],
    ['subscriptions', schema.getSubscriptionType()],
  ])
  const pages = kinds.map(({ page, title, intro }) => {
    const root = roots.get(page)
    const own = types.filter((type) => !isRoot(type, roots) && pageOfType(type, schema) === page)
    const parts =
      page === 'directives'
        ? directivesPage(sdl)
        : root
          ? Object.values(root.getFields())
              .sort(byName)
              .map((field) => rootField(field, schema))
          : own.map((type) => typeSection(type, schema))
    return { page, title, size: parts.length, text: [`# ${title}${root ? ` {#${root.name}}` : ''}`, intro, ...parts] }
  })
  const index = [
    '# Schema reference',
    'Generated from [schema.graphql](/files/schema.graphql). Every page has the descriptions that GraphiQL shows.',
    table(
      ['page', 'entries'],
      pages.map(({ page, title, size }) => [`[${title}](./${page}.md)`, String(size)]),
    ),
    '**Cost** is in points, and **rows** say how many times a list counts what is selected in it: see [limits](../limits.md#cost).\nAn object costs a point if nothing else is said.',
  ]
  return new Map([
    ['index.md', `${index.join('\n\n')}\n`],
    ...pages.map(({ page, text }) => [`${page}.md`, `${text.filter((part) => part !== '').join('\n\n')}\n`] as const),
  ])
}

const isRoot = (type: GraphQLNamedType, roots: ReadonlyMap<string, GraphQLObjectType | null | undefined>) =>
  [...roots.values()].includes(type as GraphQLObjectType)

const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1)

function rootField(field: GraphQLField<unknown, unknown>, schema: GraphQLSchema): string {
  const answer = getNamedType(field.type)
  const members = isUnionType(answer) ? answer.getTypes() : []
  const isError = ({ name }: GraphQLNamedType) => pageOfType(schema.getType(name) ?? answer, schema) === 'errors'
  const list = (some: readonly GraphQLNamedType[]) => some.map((type) => link(type, schema)).join(', ')
  return [
    `## ${field.name} {#${field.name}}`,
    prose(field.description),
    annotations(field).map(prose).join(' '),
    `Answer: ${typeLink(field.type, schema)}${members.length === 0 ? '' : `, which is ${list(members.filter((type) => !isError(type)))}, or an error`}.`,
    members.some(isError) ? `Errors: ${list(members.filter(isError))}.` : '',
    field.args.length === 0 ? '' : table(['argument', 'type and meaning'], inputRows(field.args, schema)),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
}

function typeSection(type: GraphQLNamedType, schema: GraphQLSchema): string {
  return [`## ${type.name} {#${type.name}}`, prose(type.description), annotations(type).map(prose).join(' '), ...body(type, schema)]
    .filter((part) => part !== '')
    .join('\n\n')
}

function body(type: GraphQLNamedType, schema: GraphQLSchema): string[] {
  const list = (some: readonly GraphQLNamedType[]) => some.map((one) => link(one, schema)).join(', ')
  const parts: string[] = []
  if (isObjectType(type) || isInterfaceType(type)) {
    const fields = Object.values(type.getFields())
    if (type.getInterfaces().length > 0) parts.push(`Implements ${list(type.getInterfaces())}.`)
    parts.push(
      table(
        ['field', 'type and meaning'],
        fields.map((field) => [`\`${field.name}\``, `${typeLink(field.type, schema)}<br>${meaning(field)}`]),
      ),
    )
    for (const { name, args } of fields) {
      if (args.length > 0) parts.push(table([`argument of \`${name}\``, 'type and meaning'], inputRows(args, schema)))
    }
  }
  if (isInputObjectType(type)) parts.push(table(['field', 'type and meaning'], inputRows(Object.values(type.getFields()), schema)))
  if (isEnumType(type))
    parts.push(
      table(
        ['value', 'meaning'],
        type.getValues().map((value) => [`\`${value.name}\``, meaning(value)]),
      ),
    )
  if (isAbstractType(type)) parts.push(`${isUnionType(type) ? 'One of' : 'Implemented by'} ${list(schema.getPossibleTypes(type))}.`)
  return parts
}

function inputRows(inputs: readonly (GraphQLArgument | GraphQLInputField)[], schema: GraphQLSchema): string[][] {
  return inputs.map((input) => {
    const { defaultValue } = input.astNode ?? {}
    const fallback = defaultValue?.loc ? ` = \`${defaultValue.loc.source.body.slice(defaultValue.loc.start, defaultValue.loc.end)}\`` : ''
    return [`\`${input.name}\``, `${typeLink(input.type, schema)}${fallback}<br>${meaning(input)}`]
  })
}

function meaning(element: Annotated & { description?: string | null | undefined }): string {
  return [element.description ?? '', ...annotations(element)].map(prose).join(' ').trim()
}

function link(type: GraphQLNamedType, schema: GraphQLSchema): string {
  return `[${type.name}](./${pageOfType(type, schema)}.md#${type.name})`
}

/** The type as it is written, with a link: `[Experiment!]!`. */
function typeLink(type: GraphQLType, schema: GraphQLSchema): string {
  const named = getNamedType(type)
  const [before = '', after = ''] = String(type).split(named.name)
  return `${before.replaceAll('[', '\\[')}${link(named, schema)}${after.replaceAll(']', '\\]')}`
}
