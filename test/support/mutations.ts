import type { TestServer } from './testServer.ts'

/** Mutations without a `ValidationError` in their union. */
const unvalidated = ['archiveExperiment', 'unarchiveExperiment', 'resetExperiment']

/**
 * A function that sends a mutation and returns its member of the union, with the errors of the operation.
 *
 * @param fields what it selects of an experiment
 */
export function asker(run: TestServer['run'], fields: string) {
  return async (key: string, mutation: string, input: object) => {
    const type = `${mutation.charAt(0).toUpperCase()}${mutation.slice(1)}Input`
    const validation = unvalidated.includes(mutation) ? '' : '... on ValidationError { fieldErrors { path message } }'
    const { data, errors } = await run(
      key,
      `mutation ($input: ${type}!) { result: ${mutation}(input: $input) {
        __typename ... on Experiment { ${fields} } ... on Error { code message } ${validation}
      } }`,
      { input },
    )
    return { ...data?.result, errors }
  }
}
