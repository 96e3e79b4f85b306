import type {
  FieldNode,
  FragmentDefinitionNode,
  GraphQLError,
  GraphQLField,
  GraphQLLeafType,
  GraphQLObjectType,
  GraphQLResolveInfo,
  GraphQLSchema,
  OperationDefinitionNode,
} from 'graphql'

export type Path = GraphQLResolveInfo['path']

export type Arguments = Record<string, unknown>

/** What is known of a field in a response before anything is asked: the same for each request and each row. */
export interface FieldPlan {
  responseName: string
  definition: GraphQLField<unknown, unknown>
  nodes: readonly FieldNode[]
  parentType: GraphQLObjectType
  nullable: boolean
  /** For a field that is one value of its source, and needs no resolver. */
  leaf: LeafField | null
  /** Its arguments, a new object each time: resolvers may keep it. */
  getArguments(variables: Arguments): Arguments
  completeValue: CompleteValue
}

export interface LeafField {
  type: GraphQLLeafType
  read(source: unknown): unknown
}

/** An operation, worked out as far as it can be before a request comes. */
export interface ExecutionPlan {
  readonly schema: GraphQLSchema
  readonly operation: OperationDefinitionNode
  readonly fragments: Record<string, FragmentDefinitionNode>
  readonly root: readonly FieldPlan[]
  /** The fields that these selections of one field have in an object of the type. */
  collectSubfields(type: GraphQLObjectType, nodes: readonly FieldNode[]): readonly FieldPlan[]
}

/** One request's run of a plan. */
export interface ExecutionState {
  readonly plan: ExecutionPlan
  readonly rootValue: unknown
  readonly contextValue: unknown
  readonly variables: Record<string, unknown>
  /** In the order in which they came. */
  readonly errors: GraphQLError[]
}

/** Makes of what a resolver gave what is answered; a promise of it where something in it has to be waited for. */
export type CompleteValue = (run: ExecutionState, info: GraphQLResolveInfo, path: Path, value: unknown) => unknown
