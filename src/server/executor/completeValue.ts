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
import { failed, refused, refuseNull } from './fieldErrors.ts'
import type { Complete, FieldPlan, Path, Plain, Plan, Run } from './fieldPlan.ts'

// Everything below is waited for in the same steps as in Yoga's own executor. The order of errors, and what lands in one batch of a loader,
// hang on them.

/** The values of fields by their names. Without Object.prototype, on which an alias of `__proto__` would act. */
function Fields(this: object) {}
Fields.prototype = Object.create(null)
type Fields = Record<string, unknown>
const newFields = () => new (Fields as unknown as new () => Fields)()

export function runFields(run: Run, fields: readonly FieldPlan[], source: unknown, path: Path | undefined): unknown {
  const values = newFields()
  let waiting: [name: string, value: PromiseLike<unknown>][] | null = null
  try {
    for (const field of fields) {
      const { responseName } = field
      const value = runField(run, field, source, path)
      if (value === undefined) continue
      values[responseName] = value
      if (isPromise(value)) {
        waiting ??= []
        waiting.push([responseName, value])
      }
    }
  } catch (error) {
    if (waiting === null) throw error
    // The others may fail too; nobody else listens to them.
    const thrown = () => {
      throw error
    }
    return settled(values, waiting).then(thrown, thrown)
  }
  return waiting === null ? values : settled(values, waiting)
}

/** One field after the other, as mutations are done. */
export function runFieldsInTurn(run: Run, fields: readonly FieldPlan[], source: unknown): unknown {
  const values = newFields()
  let done: unknown = values
  for (const field of fields) {
    const next = () => {
      const set = (value: unknown) => {
        if (value !== undefined) values[field.responseName] = value
        return values
      }
      const value = runField(run, field, source, undefined)
      return isPromise(value) ? value.then(set) : set(value)
    }
    done = isPromise(done) ? done.then(next) : next()
  }
  return done
}

function settled(values: Fields, waiting: readonly [name: string, value: PromiseLike<unknown>][]): PromiseLike<unknown> {
  const all = waiting.map(([name, value]) =>
    value.then((settledValue) => {
      values[name] = settledValue
    }),
  )
  const [first] = all
  return (first !== undefined && all.length === 1 ? first : Promise.all(all)).then(() => values)
}

function runField(run: Run, field: FieldPlan, source: unknown, prev: Path | undefined): unknown {
  const { plain } = field
  if (plain === null) return resolveField(run, field, source, pathOf(field, prev))
  try {
    const value = plain.read(source)
    // GraphQL's own resolver calls methods.
    if (typeof value === 'function') return resolveField(run, field, source, pathOf(field, prev))
    if (!isPromise(value)) return plainValue(field, plain, value)
    const completed = value.then((settledValue) => plainValue(field, plain, settledValue))
    return completed.then(undefined, (error) => failed(run, field, pathOf(field, prev), error))
  } catch (error) {
    return failed(run, field, pathOf(field, prev), error)
  }
}

const pathOf = ({ responseName, parentType }: FieldPlan, prev: Path | undefined): Path => ({
  prev,
  key: responseName,
  typename: parentType.name,
})

function plainValue(field: FieldPlan, { type }: Plain, value: unknown): unknown {
  const completed = leafValue(type, value)
  return completed === null && !field.nullable ? refuseNull(field) : completed
}

function resolveField(run: Run, field: FieldPlan, source: unknown, path: Path): unknown {
  const { plan } = run
  const { definition, nodes, parentType } = field
  const info = {
    fieldName: definition.name,
    fieldNodes: nodes,
    returnType: definition.type,
    parentType,
    path,
    schema: plan.schema,
    fragments: plan.fragments,
    rootValue: run.rootValue,
    operation: plan.operation,
    variableValues: run.variables,
    // Packages for later versions of GraphQL add to the type.
  } as GraphQLResolveInfo
  try {
    const resolve = definition.resolve ?? defaultFieldResolver
    const result = resolve(source, field.argumentsOf(run.variables), run.contextValue, info)
    const completed = isPromise(result)
      ? result.then((value) => field.complete(run, info, path, value))
      : field.complete(run, info, path, result)
    return isPromise(completed) ? completed.then(undefined, (error) => failed(run, field, path, error)) : completed
  } catch (error) {
    return failed(run, field, path, error)
  }
}

/** How values of the type are completed at a field. */
export function completion(plan: Plan, field: FieldPlan, type: GraphQLOutputType): Complete {
  if (isNonNullType(type)) return notNull(field, completion(plan, field, type.ofType))
  if (isListType(type)) return list(field, type.ofType, completion(plan, field, type.ofType))
  if (isLeafType(type)) return (_run, _info, _path, value) => leafValue(type, value)
  if (isAbstractType(type)) return oneOf(plan, field, type)
  return object(plan, field, type)
}

function notNull(field: FieldPlan, inner: Complete): Complete {
  return (run, info, path, value) => {
    const completed = inner(run, info, path, value)
    return completed === null ? refuseNull(field) : completed
  }
}

/** Whether there is nothing to complete. An error that a resolver gives back is as good as thrown. */
function isNothing(value: unknown): value is null | undefined {
  if (value instanceof Error) throw value
  return value === null || value === undefined
}

function leafValue(type: GraphQLLeafType, value: unknown): unknown {
  if (isNothing(value)) return null
  const serialized = serialize(type, value)
  if (serialized === null || serialized === undefined) throw new Error(`${type.name} has nothing to answer for a value.`)
  return serialized
}

function serialize(type: GraphQLLeafType, value: unknown): unknown {
  try {
    return type.serialize(value)
  } catch (error) {
    // What a resolver gave is no fault of the caller's.
    throw error instanceof GraphQLError ? new Error(error.message) : error
  }
}

function list(field: FieldPlan, itemType: GraphQLOutputType, inner: Complete): Complete {
  const { nodes, parentType, definition } = field
  const nullable = !isNonNullType(itemType)
  return (run, info, path, value) => {
    if (isNothing(value)) return null
    if (typeof value !== 'object' || !(Symbol.iterator in value)) {
      throw new GraphQLError(`Expected Iterable, but did not find one for field "${parentType.name}.${definition.name}".`)
    }
    const items: unknown[] = []
    let waits = false
    for (const item of value as Iterable<unknown>) {
      const itemPath: Path = { prev: path, key: items.length, typename: undefined }
      try {
        const completed = isPromise(item) ? item.then((resolved) => inner(run, info, itemPath, resolved)) : inner(run, info, itemPath, item)
        if (isPromise(completed)) {
          waits = true
          items.push(completed.then(undefined, (error) => refused(run, nodes, nullable, itemPath, error)))
        } else {
          items.push(completed)
        }
      } catch (error) {
        // Where it spoils the list, nobody else listens to the items before it.
        if (!nullable) for (const before of items) if (isPromise(before)) before.then(undefined, () => {})
        items.push(refused(run, nodes, nullable, itemPath, error))
      }
    }
    return waits ? Promise.all(items) : items
  }
}

function object(plan: Plan, { nodes }: FieldPlan, type: GraphQLObjectType): Complete {
  let fields: readonly FieldPlan[] | undefined
  return (run, info, path, value) => {
    if (isNothing(value)) return null
    fields ??= plan.fieldsOf(type, nodes)
    return runObject(run, type, fields, info, path, value)
  }
}

function oneOf(plan: Plan, { nodes, parentType, definition }: FieldPlan, type: GraphQLAbstractType): Complete {
  const known = new Map<string, { type: GraphQLObjectType; fields: readonly FieldPlan[] }>()
  const place = `${parentType.name}.${definition.name}`

  function planned(name: unknown) {
    const before = known.get(name as string)
    if (before !== undefined) return before
    const objectType = possibleType(plan, type, place, name, nodes)
    const fields = plan.fieldsOf(objectType, nodes)
    const found = { type: objectType, fields }
    known.set(objectType.name, found)
    return found
  }

  return (run, info, path, value) => {
    if (isNothing(value)) return null
    const complete = (name: unknown) => {
      const found = planned(name)
      return runObject(run, found.type, found.fields, info, path, value)
    }
    const name: unknown = (type.resolveType ?? defaultTypeResolver)(value, run.contextValue, info, type)
    return isPromise(name) ? name.then(complete) : complete(name)
  }
}

/** @throws GraphQLError when a resolver gave what is no object of the abstract type. */
function possibleType(
  { schema }: Plan,
  abstract: GraphQLAbstractType,
  place: string,
  name: unknown,
  nodes: FieldPlan['nodes'],
): GraphQLObjectType {
  if (name === null || name === undefined) {
    throw new GraphQLError(
      `Abstract type "${abstract.name}" must resolve to an Object type at runtime for field "${place}". Either the "${abstract.name}" type ` +
        'should provide a "resolveType" function or each possible type should provide an "isTypeOf" function.',
      { nodes },
    )
  }
  const type = schema.getType(String(name))
  if (isObjectType(type) && schema.isSubType(abstract, type)) return type
  throw new GraphQLError(
    type === undefined
      ? `Abstract type "${abstract.name}" was resolved to a type "${name}" that does not exist inside the schema.`
      : `Runtime Object type "${type.name}" is not a possible type for "${abstract.name}".`,
    { nodes },
  )
}

function runObject(
  run: Run,
  type: GraphQLObjectType,
  fields: readonly FieldPlan[],
  info: GraphQLResolveInfo,
  path: Path,
  value: unknown,
): unknown {
  if (!type.isTypeOf) return runFields(run, fields, value, path)
  const checked = (isOne: boolean) => {
    if (!isOne) throw new Error(`A value of ${info.parentType.name}.${info.fieldName} is no ${type.name}.`)
    return runFields(run, fields, value, path)
  }
  const isOne = type.isTypeOf(value, run.contextValue, info)
  return isPromise(isOne) ? isOne.then(checked) : checked(isOne)
}

export function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'
}
