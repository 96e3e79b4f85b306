import type { FieldNullability, InputFieldMap, SchemaTypes, TypeParam } from '@pothos/core'
import type { GraphQLResolveInfo } from 'graphql'
import type { Scope } from '../auth/scopes.ts'
import type { Prisma } from '../database/generated/client.ts'

// A field declares here what it reads, beside its resolver. Lists read what the selected fields declare.

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
      /** The columns of its row that the field reads. A field that only exposes a column reads that one. */
      select?: readonly (keyof ParentShape & string)[]
      prefetch?: Prefetch
    }
  }
}

/** What a list reads along with each row when the field is selected. */
export interface Prefetch {
  /** The scope without which it is not read. */
  scope?: Scope | undefined
  /** More columns of the row. */
  columns?: readonly string[]
  sql?: PrefetchSql<never>
}

/**
 * The value of a field as JSON, made of the row `page` and of a join. Undefined when the field has to load it.
 *
 * @param args the arguments of each selection of the field
 */
export type PrefetchSql<Args> = (info: GraphQLResolveInfo, args: readonly Args[]) => { json: Prisma.Sql; join?: Prisma.Sql } | undefined

/** What a field of the builder says of itself. */
export interface FieldDeclaration {
  select?: readonly string[]
  prefetch?: Prefetch
}
