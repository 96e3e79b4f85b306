import {
  type DirectiveNode,
  type DocumentNode,
  defaultFieldResolver,
  type FieldNode,
  type FragmentDefinitionNode,
  type FragmentSpreadNode,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getArgumentValues,
  getNullableType,
  type InlineFragmentNode,
  isAbstractType,
  isLeafType,
  isNonNullType,
  Kind,
  type OperationDefinitionNode,
  SchemaMetaFieldDef,
  type SelectionSetNode,
  TypeMetaFieldDef,
  TypeNameMetaFieldDef,
  visit,
} from 'graphql'
import { hasVariables } from '../../graphql/variables.ts'
import { completion } from './completeValue.ts'
import type { Arguments, FieldPlan, Plain, Plan } from './fieldPlan.ts'

/**
 * An operation with its `@skip` and `@include` decided, worked out as far as it has been run: which fields of which type stand where, and how
 * their values are completed. It belongs to no request.
 */
export class OperationPlan implements Plan {
  readonly schema: GraphQLSchema
  readonly operation: OperationDefinitionNode
  readonly fragments: Record<string, FragmentDefinitionNode> = Object.create(null)
  /** How many fields have been planned; what the plan takes in memory goes with it. */
  size = 0
  readonly #conditions: Readonly<Record<string, unknown>>
  #root: readonly FieldPlan[] | undefined

  /** @param conditions the variables of `@skip` and `@include`; each is a boolean */
  constructor(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    conditions: Readonly<Record<string, unknown>>,
  ) {
    this.schema = schema
    this.operation = operation
    this.#conditions = conditions
    for (const node of document.definitions) if (node.kind === Kind.FRAGMENT_DEFINITION) this.fragments[node.name.value] = node
  }

  get root(): readonly FieldPlan[] {
    if (this.#root !== undefined) return this.#root
    const type = this.schema.getRootType(this.operation.operation)
    // Validation has refused what the schema has no type for.
    this.#root = type ? this.#fields(type, [this.operation.selectionSet]) : []
    return this.#root
  }

  /** The fields that these selections of one field have in an object of the type. */
  fieldsOf(type: GraphQLObjectType, nodes: readonly FieldNode[]): readonly FieldPlan[] {
    return this.#fields(
      type,
      nodes.flatMap(({ selectionSet }) => selectionSet ?? []),
    )
  }

  #fields(type: GraphQLObjectType, sets: readonly SelectionSetNode[]): readonly FieldPlan[] {
    const grouped = new Map<string, FieldNode[]>()
    const spread = new Set<string>()
    for (const set of sets) this.#collect(type, set, grouped, spread)
    const fields = [...grouped].flatMap(([responseName, nodes]) => this.#field(type, responseName, nodes) ?? [])
    this.size += fields.length
    return fields
  }

  #collect(type: GraphQLObjectType, set: SelectionSetNode, grouped: Map<string, FieldNode[]>, spread: Set<string>): void {
    for (const selection of set.selections) {
      if (!this.#isIncluded(selection)) continue
      if (selection.kind === Kind.FIELD) {
        const name = (selection.alias ?? selection.name).value
        const nodes = grouped.get(name)
        if (nodes === undefined) grouped.set(name, [selection])
        else nodes.push(selection)
        continue
      }
      const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : this.#spreadOnce(selection, spread)
      if (fragment !== undefined && this.#applies(fragment, type)) {
        if (selection.kind === Kind.FRAGMENT_SPREAD) spread.add(selection.name.value)
        this.#collect(type, fragment.selectionSet, grouped, spread)
      }
    }
  }

  #spreadOnce({ name }: FragmentSpreadNode, spread: Set<string>): FragmentDefinitionNode | undefined {
    return spread.has(name.value) ? undefined : this.fragments[name.value]
  }

  #applies({ typeCondition }: FragmentDefinitionNode | InlineFragmentNode, type: GraphQLObjectType): boolean {
    const condition = typeCondition && this.schema.getType(typeCondition.name.value)
    return !condition || condition === type || (isAbstractType(condition) && this.schema.isSubType(condition, type))
  }

  #isIncluded({ directives = [] }: { directives?: readonly DirectiveNode[] }): boolean {
    return directives.every((directive) => {
      const wanted = conditional.get(directive.name.value)
      if (wanted === undefined) return true
      const value = directive.arguments?.[0]?.value
      if (value?.kind === Kind.VARIABLE) return this.#conditions[value.name.value] === wanted
      return value?.kind === Kind.BOOLEAN && value.value === wanted
    })
  }

  #field(parentType: GraphQLObjectType, responseName: string, nodes: readonly FieldNode[]): FieldPlan | null {
    const [node] = nodes
    const definition = node && this.#definition(parentType, node.name.value)
    if (node === undefined || definition === undefined) return null
    const type: GraphQLOutputType = definition.type
    const nullable = !isNonNullType(type)
    const field: FieldPlan = {
      responseName,
      definition,
      nodes,
      parentType,
      nullable,
      plain: plainField(definition, parentType),
      argumentsOf: argumentsOf(definition, node),
      complete: () => null,
    }
    field.complete = completion(this, field, type)
    return field
  }

  #definition(type: GraphQLObjectType, name: string): GraphQLField<unknown, unknown> | undefined {
    if (name === TypeNameMetaFieldDef.name) return TypeNameMetaFieldDef
    if (type === this.schema.getQueryType()) {
      if (name === SchemaMetaFieldDef.name) return SchemaMetaFieldDef
      if (name === TypeMetaFieldDef.name) return TypeMetaFieldDef
    }
    return type.getFields()[name]
  }
}

function plainField(
  { name, type: declared, resolve = defaultFieldResolver }: GraphQLField<unknown, unknown>,
  parent: GraphQLObjectType,
): Plain | null {
  const type = getNullableType(declared)
  if (!isLeafType(type)) return null
  if (resolve === TypeNameMetaFieldDef.resolve) return { type, read: () => parent.name }
  if (resolve !== defaultFieldResolver) return null
  return { type, read: (source) => (typeof source === 'object' && source !== null ? (source as Record<string, unknown>)[name] : undefined) }
}

/** What `if` has to be for the selection to stay. */
const conditional = new Map([
  ['skip', false],
  ['include', true],
])

/** What decides which parts of a document are asked for: the variables of its `@skip` and `@include`; null where parts of the answer come later. */
export function conditionsIn(document: DocumentNode): readonly string[] | null {
  const variables = new Set<string>()
  let incremental = false
  visit(document, {
    Directive: ({ name, arguments: given }) => {
      if (name.value === 'defer' || name.value === 'stream') incremental = true
      if (!conditional.has(name.value)) return
      const value = given?.[0]?.value
      if (value?.kind === Kind.VARIABLE) variables.add(value.name.value)
    },
  })
  return incremental ? null : [...variables].sort()
}

function argumentsOf(definition: GraphQLField<unknown, unknown>, node: FieldNode): FieldPlan['argumentsOf'] {
  if (definition.args.length === 0) return () => ({})
  const always = (variables: Arguments) => getArgumentValues(definition, node, variables)
  if (node.arguments?.some((argument) => hasVariables(argument))) return always
  try {
    const constant = getArgumentValues(definition, node)
    // A list or an object would be one for all, whatever a resolver does with it.
    return Object.values(constant).every((value) => typeof value !== 'object' || value === null) ? () => ({ ...constant }) : always
  } catch {
    // The field is refused each time it is reached, at its own place.
    return always
  }
}
