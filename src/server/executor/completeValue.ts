import {
  defaultFieldResolver,
  defaultTypeResolver,
  type GraphQLAbstractType,
  GraphQLError,
  type GraphQLLeafType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  isAbstractType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql'
import { handleFieldError, handleThrown, nonNullViolation } from './fieldErrors.ts'
import type { CompleteValue, ExecutionPlan, ExecutionState, FieldPlan, LeafField, Path } from './fieldPlan.ts'

// Everything below awaits promises in the same steps as Yoga's own executor. The order of errors and the batches of data loaders depend on
// these steps.

/** The values of fields by response name. It does not inherit from Object.prototype, because an alias may be `__proto__`. */
function ResponseMap(this: object) {}
ResponseMap.prototype = Object.create(null)
type ResponseMap = Record<string, unknown>
const createResponseMap = () => new (ResponseMap as unknown as new () => ResponseMap)()

export function executeFields(state: ExecutionState, fields: readonly FieldPlan[], source: unknown, path: Path | undefined): unknown {
  const values = createResponseMap()
  let pending: [name: string, value: PromiseLike<unknown>][] | null = null
  try {
    for (const field of fields) {
      const { responseName } = field
      state.size.addName(responseName)
      const value = executeField(state, field, source, path)
      if (value === undefined) continue
      values[responseName] = value
      if (isPromise(value)) {
        pending ??= []
        pending.push([responseName, value])
      }
    }
  } catch (error) {
    if (pending === null) throw error
    // The pending fields may reject too, so they need a handler.
    const rethrow = () => {
      throw error
    }
    return awaitFields(values, pending).then(rethrow, rethrow)
  }
  return pending === null ? values : awaitFields(values, pending)
}

/** Executes fields one after the other, as mutations require. */
export function executeFieldsSerially(state: ExecutionState, fields: readonly FieldPlan[], source: unknown): unknown {
  const values = createResponseMap()
  let done: unknown = values
  for (const field of fields) {
    const next = () => {
      state.size.addName(field.responseName)
      const setValue = (value: unknown) => {
        if (value !== undefined) values[field.responseName] = value
        return values
      }
      const value = executeField(state, field, source, undefined)
      return isPromise(value) ? value.then(setValue) : setValue(value)
    }
    done = isPromise(done) ? done.then(next) : next()
  }
  return done
}

function awaitFields(values: ResponseMap, pending: readonly [name: string, value: PromiseLike<unknown>][]): PromiseLike<unknown> {
  const all = pending.map(([name, value]) =>
    value.then((settledValue) => {
      values[name] = settledValue
    }),
  )
  const [first] = all
  return (first !== undefined && all.length === 1 ? first : Promise.all(all)).then(() => values)
}

function executeField(state: ExecutionState, field: FieldPlan, source: unknown, prev: Path | undefined): unknown {
  const { leaf } = field
  if (leaf === null) return resolveField(state, field, source, fieldPath(field, prev))
  try {
    const value = leaf.read(source)
    // The value is a method, which the default resolver calls.
    if (typeof value === 'function') return resolveField(state, field, source, fieldPath(field, prev))
    if (!isPromise(value)) return completeLeafField(state, field, leaf, value)
    const completed = value.then((settledValue) => completeLeafField(state, field, leaf, settledValue))
    return completed.then(undefined, (error) => handleThrown(state, field, fieldPath(field, prev), error))
  } catch (error) {
    return handleThrown(state, field, fieldPath(field, prev), error)
  }
}

const fieldPath = ({ responseName, parentType }: FieldPlan, prev: Path | undefined): Path => ({
  prev,
  key: responseName,
  typename: parentType.name,
})

function completeLeafField(state: ExecutionState, field: FieldPlan, { type }: LeafField, value: unknown): unknown {
  const completed = completeLeafValue(state, type, value)
  return completed === null && !field.nullable ? nonNullViolation(field) : completed
}

function resolveField(state: ExecutionState, field: FieldPlan, source: unknown, path: Path): unknown {
  const { plan } = state
  const { definition, nodes, parentType } = field
  const info = {
    fieldName: definition.name,
    fieldNodes: nodes,
    returnType: definition.type,
    parentType,
    path,
    schema: plan.schema,
    fragments: plan.fragments,
    rootValue: state.rootValue,
    operation: plan.operation,
    variableValues: state.variables,
    // The cast is needed because packages for later versions of GraphQL extend this type.
  } as GraphQLResolveInfo
  try {
    const resolve = definition.resolve ?? defaultFieldResolver
    const result = resolve(source, field.getArguments(state.variables), state.contextValue, info)
    const completed = isPromise(result)
      ? result.then((value) => field.completeValue(state, info, path, value))
      : field.completeValue(state, info, path, result)
    return isPromise(completed) ? completed.then(undefined, (error) => handleThrown(state, field, path, error)) : completed
  } catch (error) {
    return handleThrown(state, field, path, error)
  }
}

/** Returns the function that completes values of a type at a field. */
export function completeValue(plan: ExecutionPlan, field: FieldPlan, type: GraphQLOutputType): CompleteValue {
  if (isNonNullType(type)) return completeNonNullValue(field, completeValue(plan, field, type.ofType))
  if (isListType(type)) return completeListValue(field, type.ofType, completeValue(plan, field, type.ofType))
  if (isLeafType(type)) return (state, _info, _path, value) => completeLeafValue(state, type, value)
  if (isAbstractType(type)) return completeAbstractValue(plan, field, type)
  return completeObjectValue(plan, field, type)
}

function completeNonNullValue(field: FieldPlan, inner: CompleteValue): CompleteValue {
  return (state, info, path, value) => {
    const completed = inner(state, info, path, value)
    return completed === null ? nonNullViolation(field) : completed
  }
}

/** Whether there is no value to complete. Throws if the resolver returned an Error. */
function isNullish(value: unknown): value is null | undefined {
  if (value instanceof Error) throw value
  return value === null || value === undefined
}

function completeLeafValue(state: ExecutionState, type: GraphQLLeafType, value: unknown): unknown {
  if (isNullish(value)) return null
  const serialized = serializeLeaf(type, value)
  if (serialized === null || serialized === undefined) throw new Error(`${type.name} serialized a value to null or undefined.`)
  state.size.addValue(serialized)
  return serialized
}

function serializeLeaf(type: GraphQLLeafType, value: unknown): unknown {
  try {
    return type.serialize(value)
  } catch (error) {
    // Not a GraphQLError, which would be shown: a wrong result of a resolver is an internal error.
    throw error instanceof GraphQLError ? new Error(error.message) : error
  }
}

function completeListValue(field: FieldPlan, itemType: GraphQLOutputType, inner: CompleteValue): CompleteValue {
  const { nodes, parentType, definition } = field
  const nullable = !isNonNullType(itemType)
  return (state, info, path, value) => {
    if (isNullish(value)) return null
    if (typeof value !== 'object' || !(Symbol.iterator in value)) {
      throw new GraphQLError(`Expected Iterable, but did not find one for field "${parentType.name}.${definition.name}".`)
    }
    const items: unknown[] = []
    let hasPending = false
    for (const item of value as Iterable<unknown>) {
      const itemPath: Path = { prev: path, key: items.length, typename: undefined }
      try {
        const completed = isPromise(item)
          ? item.then((resolved) => inner(state, info, itemPath, resolved))
          : inner(state, info, itemPath, item)
        if (isPromise(completed)) {
          hasPending = true
          items.push(completed.then(undefined, (error) => handleFieldError(state, nodes, nullable, itemPath, error)))
        } else {
          items.push(completed)
        }
      } catch (error) {
        try {
          items.push(handleFieldError(state, nodes, nullable, itemPath, error))
        } catch (listError) {
          // The whole list fails, so the pending items before this one need a handler.
          for (const previousItem of items) if (isPromise(previousItem)) previousItem.then(undefined, () => {})
          throw listError
        }
      }
    }
    return hasPending ? Promise.all(items) : items
  }
}

function completeObjectValue(plan: ExecutionPlan, { nodes }: FieldPlan, type: GraphQLObjectType): CompleteValue {
  let fields: readonly FieldPlan[] | undefined
  return (state, info, path, value) => {
    if (isNullish(value)) return null
    fields ??= plan.collectSubfields(type, nodes)
    return executeObject(state, type, fields, info, path, value)
  }
}

function completeAbstractValue(
  plan: ExecutionPlan,
  { nodes, parentType, definition }: FieldPlan,
  type: GraphQLAbstractType,
): CompleteValue {
  const planCache = new Map<string, { type: GraphQLObjectType; fields: readonly FieldPlan[] }>()
  const fieldCoordinate = `${parentType.name}.${definition.name}`

  function getObjectPlan(name: unknown) {
    const cached = planCache.get(name as string)
    if (cached !== undefined) return cached
    const objectType = ensureValidRuntimeType(plan, type, fieldCoordinate, name, nodes)
    const fields = plan.collectSubfields(objectType, nodes)
    const objectPlan = { type: objectType, fields }
    planCache.set(objectType.name, objectPlan)
    return objectPlan
  }

  return (state, info, path, value) => {
    if (isNullish(value)) return null
    const completeAs = (name: unknown) => {
      const objectPlan = getObjectPlan(name)
      return executeObject(state, objectPlan.type, objectPlan.fields, info, path, value)
    }
    const name: unknown = (type.resolveType ?? defaultTypeResolver)(value, state.contextValue, info, type)
    return isPromise(name) ? name.then(completeAs) : completeAs(name)
  }
}

/** @throws GraphQLError if a value does not belong to a member of the abstract type. */
function ensureValidRuntimeType(
  { schema }: ExecutionPlan,
  abstract: GraphQLAbstractType,
  fieldCoordinate: string,
  name: unknown,
  nodes: FieldPlan['nodes'],
): GraphQLObjectType {
  if (name === null || name === undefined) {
    throw new GraphQLError(
      `Abstract type "${abstract.name}" must resolve to an Object type at runtime for field "${fieldCoordinate}". Either the "${abstract.name}" type ` +
        'should provide a "resolveType" function or each possible type should provide an "isTypeOf" function.',
      { nodes },
    )
  }
  const type = schema.getType(String(name))
  if (isObjectType(type) && schema.isSubType(abstract, type)) return type
  const problem =
    type === undefined
      ? `Abstract type "${abstract.name}" was resolved to a type "${name}" that does not exist inside the schema.`
      : isObjectType(type)
        ? `Runtime Object type "${type.name}" is not a possible type for "${abstract.name}".`
        : `Abstract type "${abstract.name}" was resolved to a non-object type "${type.name}".`
  throw new GraphQLError(problem, { nodes })
}

function executeObject(
  state: ExecutionState,
  type: GraphQLObjectType,
  fields: readonly FieldPlan[],
  info: GraphQLResolveInfo,
  path: Path,
  value: unknown,
): unknown {
  if (!type.isTypeOf) return executeFields(state, fields, value, path)
  const executeIfType = (isTypeOf: boolean) => {
    if (!isTypeOf) throw new Error(`The value of ${info.parentType.name}.${info.fieldName} is not a ${type.name}.`)
    return executeFields(state, fields, value, path)
  }
  const isTypeOf = type.isTypeOf(value, state.contextValue, info)
  return isPromise(isTypeOf) ? isTypeOf.then(executeIfType) : executeIfType(isTypeOf)
}

export function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'
}
