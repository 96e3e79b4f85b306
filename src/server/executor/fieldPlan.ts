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

/** One field of a response, as planned before execution. It is the same for all requests and rows. */
export interface FieldPlan {
  responseName: string
  definition: GraphQLField<unknown, unknown>
  nodes: readonly FieldNode[]
  parentType: GraphQLObjectType
  nullable: boolean
  /** For a leaf field that is read from its source without a resolver; null for others. */
  leaf: LeafField | null
  /** The field's arguments. Returns a new object each time, because resolvers may keep it. */
  getArguments(variables: Arguments): Arguments
  completeValue: CompleteValue
}

export interface LeafField {
  type: GraphQLLeafType
  read(source: unknown): unknown
}

/** An operation, planned as far as possible before execution. */
export interface ExecutionPlan {
  readonly schema: GraphQLSchema
  readonly operation: OperationDefinitionNode
  readonly fragments: Record<string, FragmentDefinitionNode>
  readonly root: readonly FieldPlan[]
  /** The fields to execute on an object of the type, merged from the selection sets of one field's nodes. */
  collectSubfields(type: GraphQLObjectType, nodes: readonly FieldNode[]): readonly FieldPlan[]
}

/** Counts what an answer takes. Both methods throw, and set `error`, if the answer is too large. */
export interface AnswerSize {
  readonly error: Error | null
  addName(name: string): void
  addValue(value: unknown): void
}

/** The state of one execution of a plan. */
export interface ExecutionState {
  readonly plan: ExecutionPlan
  readonly rootValue: unknown
  readonly contextValue: unknown
  readonly variables: Record<string, unknown>
  /** In the order in which they occurred. */
  readonly errors: GraphQLError[]
  readonly size: AnswerSize
}

/** Turns the result of a resolver into the response value, or into a promise of it if something in it is pending. */
export type CompleteValue = (state: ExecutionState, info: GraphQLResolveInfo, path: Path, value: unknown) => unknown
