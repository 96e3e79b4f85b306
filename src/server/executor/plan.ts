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
import { completeValue } from './completeValue.ts'
import type { Arguments, ExecutionPlan, FieldPlan, LeafField } from './fieldPlan.ts'

/**
 * The plan of an operation for fixed values of its `@skip` and `@include`: the fields of each type, and how their values are completed. It
 * grows while it runs, and is shared by all requests.
 */
export class OperationPlan implements ExecutionPlan {
  readonly schema: GraphQLSchema
  readonly operation: OperationDefinitionNode
  readonly fragments: Record<string, FragmentDefinitionNode> = Object.create(null)
  /** How many fields are planned. A measure of the memory that the plan takes. */
  size = 0
  readonly #conditions: Readonly<Record<string, unknown>>
  #root: readonly FieldPlan[] | undefined

  /** @param conditions the values of the variables in `@skip` and `@include`, all boolean */
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
    // Validation has rejected operations without a root type.
    this.#root = type ? this.#fields(type, [this.operation.selectionSet]) : []
    return this.#root
  }

  collectSubfields(type: GraphQLObjectType, nodes: readonly FieldNode[]): readonly FieldPlan[] {
    return this.#fields(
      type,
      nodes.flatMap(({ selectionSet }) => selectionSet ?? []),
    )
  }

  #fields(type: GraphQLObjectType, sets: readonly SelectionSetNode[]): readonly FieldPlan[] {
    const grouped = new Map<string, FieldNode[]>()
    const visitedFragments = new Set<string>()
    for (const set of sets) this.#collect(type, set, grouped, visitedFragments)
    const fields = [...grouped].flatMap(([responseName, nodes]) => this.#field(type, responseName, nodes) ?? [])
    this.size += fields.length
    return fields
  }

  #collect(type: GraphQLObjectType, set: SelectionSetNode, grouped: Map<string, FieldNode[]>, visitedFragments: Set<string>): void {
    for (const selection of set.selections) {
      if (!this.#isIncluded(selection)) continue
      if (selection.kind === Kind.FIELD) {
        const name = (selection.alias ?? selection.name).value
        const nodes = grouped.get(name)
        if (nodes === undefined) grouped.set(name, [selection])
        else nodes.push(selection)
        continue
      }
      const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : this.#spreadOnce(selection, visitedFragments)
      if (fragment !== undefined && this.#applies(fragment, type)) {
        if (selection.kind === Kind.FRAGMENT_SPREAD) visitedFragments.add(selection.name.value)
        this.#collect(type, fragment.selectionSet, grouped, visitedFragments)
      }
    }
  }

  #spreadOnce({ name }: FragmentSpreadNode, visitedFragments: Set<string>): FragmentDefinitionNode | undefined {
    return visitedFragments.has(name.value) ? undefined : this.fragments[name.value]
  }

  #applies({ typeCondition }: FragmentDefinitionNode | InlineFragmentNode, type: GraphQLObjectType): boolean {
    const condition = typeCondition && this.schema.getType(typeCondition.name.value)
    return !condition || condition === type || (isAbstractType(condition) && this.schema.isSubType(condition, type))
  }

  #isIncluded({ directives = [] }: { directives?: readonly DirectiveNode[] }): boolean {
    return directives.every((directive) => {
      const expected = conditionalDirectives.get(directive.name.value)
      if (expected === undefined) return true
      const value = directive.arguments?.[0]?.value
      if (value?.kind === Kind.VARIABLE) return this.#conditions[value.name.value] === expected
      return value?.kind === Kind.BOOLEAN && value.value === expected
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
      leaf: toLeafField(definition, parentType),
      getArguments: createArgumentsGetter(definition, node),
      completeValue: () => null,
    }
    field.completeValue = completeValue(this, field, type)
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

function toLeafField(
  { name, type: declaredType, resolve = defaultFieldResolver }: GraphQLField<unknown, unknown>,
  parent: GraphQLObjectType,
): LeafField | null {
  const type = getNullableType(declaredType)
  if (!isLeafType(type)) return null
  if (resolve === TypeNameMetaFieldDef.resolve) return { type, read: () => parent.name }
  if (resolve !== defaultFieldResolver) return null
  return { type, read: (source) => (typeof source === 'object' && source !== null ? (source as Record<string, unknown>)[name] : undefined) }
}

/** The value of `if` that includes a selection, by directive. */
const conditionalDirectives = new Map([
  ['skip', false],
  ['include', true],
])

/** The variables that `@skip` and `@include` use in a document. Null if it uses `@defer` or `@stream`, which cannot be planned. */
export function getConditionVariables(document: DocumentNode): readonly string[] | null {
  const variables = new Set<string>()
  let incremental = false
  visit(document, {
    Directive: ({ name, arguments: args }) => {
      if (name.value === 'defer' || name.value === 'stream') incremental = true
      if (!conditionalDirectives.has(name.value)) return
      const value = args?.[0]?.value
      if (value?.kind === Kind.VARIABLE) variables.add(value.name.value)
    },
  })
  return incremental ? null : [...variables].sort()
}

function createArgumentsGetter(definition: GraphQLField<unknown, unknown>, node: FieldNode): FieldPlan['getArguments'] {
  if (definition.args.length === 0) return () => ({})
  const compute = (variables: Arguments) => getArgumentValues(definition, node, variables)
  if (node.arguments?.some((argument) => hasVariables(argument))) return compute
  try {
    const constant = getArgumentValues(definition, node)
    // A list or an object is computed anew: a resolver might change it, and requests would share it.
    return Object.values(constant).every((value) => typeof value !== 'object' || value === null) ? () => ({ ...constant }) : compute
  } catch {
    // Throws again when the field is executed, so that the error has the field's path.
    return compute
  }
}
