import type { CodegenConfig } from '@graphql-codegen/cli'

// Run from the root of this repository: `npm run generate`. In your own project, `schema` is your copy of schema.graphql.
const config: CodegenConfig = {
  schema: 'schema.graphql',
  documents: ['examples/typed-client/documents.ts'],
  importExtension: '.ts',
  generates: {
    'examples/typed-client/generated/': {
      preset: 'client',
      presetConfig: { fragmentMasking: false, skipIndexFile: true },
      config: {
        strictScalars: true,
        scalars: { DateTime: 'string', JSON: 'unknown' },
        enumType: 'string-literal',
        useTypeImports: true,
        nonOptionalTypename: false,
      },
    },
  },
}

export default config
