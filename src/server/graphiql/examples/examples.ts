import { approvalExamples } from './approvalExamples.ts'
import { errorExamples } from './errorExamples.ts'
import type { ExampleGroup } from './example.ts'
import { flagAndExperimentExamples } from './flagAndExperimentExamples.ts'
import { linkExamples } from './linkExamples.ts'
import { mainOperations } from './mainOperations.ts'

/** All examples, as the page of examples lists them. */
export const exampleGroups: readonly ExampleGroup[] = [
  { title: 'The main operations', about: 'GraphiQL opens with these four.', examples: mainOperations },
  {
    title: 'Flags and experiments',
    about: 'Lists, evaluation, changes, and subscriptions, which send each change as it happens.',
    examples: flagAndExperimentExamples,
  },
  {
    title: 'Approvals',
    about: 'Some steps need the key of the member, Grace. The service prints it at its start. Put it into the tab Headers.',
    examples: approvalExamples,
  },
  {
    title: 'Errors',
    about: 'A mutation returns an error as a type of its own. Each example provokes one.',
    examples: errorExamples,
  },
  {
    title: 'Errors of linked projects',
    about: 'Only a project that is linked to a PostHog returns these. The demo data have none: link one first.',
    examples: linkExamples,
  },
]
