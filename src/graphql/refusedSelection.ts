import {
  type DirectiveNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLError,
  type GraphQLField,
  GraphQLIncludeDirective,
  type GraphQLNamedType,
  type GraphQLOutputType,
  type GraphQLSchema,
  GraphQLSkipDirective,
  getArgumentValues,
  getDirectiveValues,
  getNamedType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  locatedError,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql'
import type { z } from 'zod'
import type { Scope } from '../auth/scopes.ts'
import { requireScope } from './authorization.ts'
import { parseCursor } from './connections/cursor.ts'
import { assertPageArguments, type PageArguments } from './connections/pageRequest.ts'
import type { Context } from './context.ts'
import { BadUserInputError } from './errors.ts'

/** What the builder's options of a type or field say about access. */
export interface AccessOptions {
  /** Other forms are functions of the row or the arguments. They are left to the field itself. */
  authScopes?: { scope?: Scope; scopes?: readonly Scope[]; $any?: { scope?: Scope; $granted?: string } }
  /** False: the scopes of a type are checked for its selected fields. */
  runScopesOnType?: boolean
  /** What the value of the field may be read with, in place of a scope. */
  grantScopes?: readonly string[]
}

interface Visit {
  schema: GraphQLSchema
  fragments: ReadonlyMap<string, FragmentDefinitionNode>
  variables: Readonly<Record<string, unknown>>
  context: Context
  /** Each selection set is visited once, by what is granted there. Fragments can spread each other very often. */
  visited: Map<string, WeakSet<SelectionSetNode>>
}

/**
 * Finds the first selected field that would make `data` null, whatever the mutation does: one that needs a scope that the key lacks, or whose
 * page arguments are invalid. Fields in nullable ones are not looked at, because their errors end there.
 *
 * @returns the error that the field would have. Null if there is none, or if the viewer is unknown: each field then says so itself.
 */
export function findRefusedSelection(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
  context: Context,
): GraphQLError | null {
  const root = schema.getRootType(operation.operation)
  if (context.authentication.viewer === null || root == null) return null
  const fragments = new Map(
    document.definitions.flatMap((node) => (node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node]] : [])),
  )
  return visitSet({ schema, fragments, variables, context, visited: new Map() }, root, operation.selectionSet, [], [])
}

function visitSet(
  visit: Visit,
  type: GraphQLNamedType,
  set: SelectionSetNode,
  path: readonly string[],
  granted: readonly string[],
): GraphQLError | null {
  const place = `${type.name} ${granted.join()}`
  const visited = visit.visited.get(place) ?? new WeakSet()
  visit.visited.set(place, visited.add(set))
  for (const selection of set.selections.filter((node) => isIncluded(visit, node))) {
    if (selection.kind === Kind.FIELD) {
      const error = visitField(visit, type, selection, path, granted)
      if (error !== null) return error
      continue
    }
    const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? visit.fragments.get(selection.name.value) : selection
    if (fragment === undefined) continue
    const condition = (fragment.typeCondition && visit.schema.getType(fragment.typeCondition.name.value)) ?? type
    if (visit.visited.get(`${condition.name} ${granted.join()}`)?.has(fragment.selectionSet)) continue
    // The type of a value is checked wherever the value comes from. A member of a union is known only here.
    const error =
      (condition === type ? null : toLocatedError(() => requireTypeScopes(visit, condition, granted), [], path)) ??
      visitSet(visit, condition, fragment.selectionSet, path, granted)
    if (error !== null) return error
  }
  return null
}

function visitField(
  visit: Visit,
  parent: GraphQLNamedType,
  node: FieldNode,
  path: readonly string[],
  granted: readonly string[],
): GraphQLError | null {
  const field = isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[node.name.value] : undefined
  if (field === undefined || endsErrors(field.type)) return null
  const fieldPath = [...path, node.alias?.value ?? node.name.value]
  const type = getNamedType(field.type)
  const grants = accessOptions(field).grantScopes ?? []
  const error = toLocatedError(
    () => {
      const { runScopesOnType } = accessOptions(parent)
      if (runScopesOnType === false) requireTypeScopes(visit, parent, granted)
      requireScopes(visit, accessOptions(field), granted)
      if (accessOptions(type).runScopesOnType !== false) requireTypeScopes(visit, type, grants)
      assertValidArguments(visit, field, node)
    },
    [node],
    fieldPath,
  )
  if (error !== null || node.selectionSet === undefined) return error
  const isVisited = visit.visited.get(`${type.name} ${grants.join()}`)?.has(node.selectionSet)
  return isVisited ? null : visitSet(visit, type, node.selectionSet, fieldPath, grants)
}

/** Whether an error in a value of this type makes no more null than the value, or an entry of it. */
function endsErrors(type: GraphQLOutputType): boolean {
  return !isNonNullType(type) || (isListType(type.ofType) && endsErrors(type.ofType.ofType))
}

/** @throws ForbiddenError if the key lacks a scope. */
function requireTypeScopes(visit: Visit, type: GraphQLNamedType, granted: readonly string[]): void {
  if (isObjectType(type)) requireScopes(visit, accessOptions(type), granted)
}

function requireScopes({ context }: Visit, { authScopes }: AccessOptions, granted: readonly string[]): void {
  const { scope, scopes = [], $any } = authScopes ?? {}
  for (const needed of scope === undefined ? scopes : [scope]) requireScope(context, needed)
  if ($any?.scope !== undefined && !($any.$granted !== undefined && granted.includes($any.$granted))) requireScope(context, $any.scope)
}

function accessOptions({ extensions }: { extensions: object }): AccessOptions {
  return (extensions as { pothosOptions?: AccessOptions }).pothosOptions ?? {}
}

/** @throws BadUserInputError if page arguments are invalid. */
function assertValidArguments({ variables }: Visit, field: GraphQLField<unknown, unknown>, node: FieldNode): void {
  if (!field.args.some(({ name }) => name === 'first')) return
  const values = getArgumentValues(field, node, variables)
  for (const { name, extensions } of field.args) {
    const schema = (extensions.pothosOptions as { validate?: z.ZodType } | undefined)?.validate
    const [issue] = schema?.safeParse(values[name]).error?.issues ?? []
    if (issue !== undefined) throw new BadUserInputError(name, `Argument '${name}' ${issue.message}`)
  }
  const { after, before }: PageArguments = values
  assertPageArguments(values)
  for (const [name, cursor] of Object.entries({ after, before })) if (cursor != null) parseCursor(cursor, name)
}

function toLocatedError(check: () => void, nodes: readonly FieldNode[], path: readonly string[]): GraphQLError | null {
  try {
    check()
    return null
  } catch (error) {
    return locatedError(error, nodes, path)
  }
}

function isIncluded({ variables }: Visit, node: { readonly directives?: readonly DirectiveNode[] }): boolean {
  if (!node.directives?.length) return true
  const skips = getDirectiveValues(GraphQLSkipDirective, node, { ...variables })?.if === true
  return !skips && getDirectiveValues(GraphQLIncludeDirective, node, { ...variables })?.if !== false
}
