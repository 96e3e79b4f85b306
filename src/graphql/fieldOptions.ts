import type { FieldNullability, InputFieldMap, SchemaTypes, TypeParam } from '@pothos/core'
import type { GraphQLResolveInfo } from 'graphql'
import type { Scope } from '../auth/scopes.ts'
import type { Prisma } from '../database/generated/client.ts'

// The builder options with which a field declares what it reads. Lists read what the selected fields declare.

declare global {
  namespace PothosSchemaTypes {
    interface FieldOptions<
      Types extends SchemaTypes = SchemaTypes,
      ParentShape = unknown,
      Type extends TypeParam<Types> = TypeParam<Types>,
      Nullable extends FieldNullability<Type> = FieldNullability<Type>,
      Args extends InputFieldMap = InputFieldMap,
      ResolveShape = unknown,
      ResolveReturnShape = unknown,
    > {
      /** The columns of its row that the field reads. By default, the column that the field exposes. */
      select?: readonly (keyof ParentShape & string)[]
      prefetch?: Prefetch
    }
  }
}

/** The values that a list prefetches with each row when the field is selected. */
export interface Prefetch {
  /** The scope that the prefetch needs. Without it, nothing is prefetched. */
  scope?: Scope | undefined
  /** Columns of the row, in addition to `select`. */
  columns?: readonly string[]
  sql?: PrefetchSql<never>
}

/**
 * Selects the value of a field as JSON, from the row `page` and an optional join. Undefined when the field must load it.
 *
 * @param args the arguments of each selection of the field
 */
export type PrefetchSql<Args> = (info: GraphQLResolveInfo, args: readonly Args[]) => { json: Prisma.Sql; join?: Prisma.Sql } | undefined

/** The declarations of a field in the builder. */
export interface FieldDeclaration {
  select?: readonly string[]
  prefetch?: Prefetch
}
