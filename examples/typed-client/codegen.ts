import type { CodegenConfig } from '@graphql-codegen/cli'

// `npm run generate` runs it. In your own project, `schema` is your copy of schema.graphql.
const config: CodegenConfig = {
  schema: '../../schema.graphql',
  documents: ['documents.ts'],
  importExtension: '.ts',
  generates: {
    'generated/': {
      preset: 'client',
      presetConfig: { fragmentMasking: false, skipIndexFile: true },
      config: {
        strictScalars: true,
        scalars: { Date: 'string', DateTime: 'string', JSON: 'unknown' },
        enumType: 'string-literal',
        useTypeImports: true,
        nonOptionalTypename: false,
      },
    },
  },
}

export default config
