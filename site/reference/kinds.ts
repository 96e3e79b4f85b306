import {
  type GraphQLNamedType,
  type GraphQLSchema,
  isAbstractType,
  isEnumType,
  isInputObjectType,
  isObjectType,
  isScalarType,
} from 'graphql'

interface Kind {
  /** The name of its page. */
  page: string
  title: string
  intro: string
  /** Whether the page has the type. Pages of root fields have no types. */
  has: (type: GraphQLNamedType, schema: GraphQLSchema) => boolean
}

const isRoot = (type: GraphQLNamedType, schema: GraphQLSchema) =>
  [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].includes(isObjectType(type) ? type : undefined)
const isError = (type: GraphQLNamedType) => isObjectType(type) && type.getInterfaces().some(({ name }) => name === 'Error')
const isPaging = ({ name }: GraphQLNamedType) => /(Connection|Edge)$|^PageInfo$/.test(name)

/** The pages of the reference, in the order of the sidebar. A type is on the first page that has it. */
export const kinds: readonly Kind[] = [
  { page: 'queries', title: 'Queries', intro: 'The fields of `Query`: what you can read.', has: () => false },
  {
    page: 'mutations',
    title: 'Mutations',
    intro: 'The fields of `Mutation`: what you can change. [Mutations](../mutations.md) explains how they answer.',
    has: () => false,
  },
  {
    page: 'subscriptions',
    title: 'Subscriptions',
    intro: 'The fields of `Subscription`: what you can follow. [Subscriptions](../subscriptions.md) has the transports.',
    has: () => false,
  },
  {
    page: 'errors',
    title: 'Errors of mutations',
    intro:
      'The types that implement `Error`. They are members of the unions that mutations answer. Other errors are in [the list of codes](../api.md#errors).',
    has: isError,
  },
  { page: 'connections', title: 'Connections', intro: 'Pages of lists: see [paging](../api.md#paging).', has: isPaging },
  {
    page: 'objects',
    title: 'Objects',
    intro: 'All other types that have fields.',
    has: (type, schema) => isObjectType(type) && !isRoot(type, schema),
  },
  { page: 'inputs', title: 'Inputs', intro: 'The types of arguments that have fields.', has: isInputObjectType },
  {
    page: 'interfaces-and-unions',
    title: 'Interfaces and unions',
    intro: 'Types that stand for one of several others.',
    has: isAbstractType,
  },
  { page: 'enums', title: 'Enums', intro: 'Types with a fixed list of values.', has: isEnumType },
  { page: 'scalars', title: 'Scalars', intro: 'Texts, numbers and other single values.', has: isScalarType },
  {
    page: 'directives',
    title: 'Directives',
    intro: 'What operations can say, and what the schema says about costs and federation.',
    has: () => false,
  },
]

/** The page of a type, without the file's extension. */
export function pageOfType(type: GraphQLNamedType, schema: GraphQLSchema): string {
  const kind = kinds.find(({ has }) => has(type, schema))
  if (kind === undefined) throw new Error(`No page of the reference has ${type.name}.`)
  return kind.page
}
