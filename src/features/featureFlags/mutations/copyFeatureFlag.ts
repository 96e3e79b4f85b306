import type { Command } from '../../../commands/command.ts'
import { defineCommand } from '../../../commands/registry.ts'
import { builder } from '../../../graphql/builder.ts'
import type { Context } from '../../../graphql/context.ts'
import { defineMutation, type RunCommand } from '../../../graphql/mutation.ts'
import { assertValid, DomainError, InvalidStateError, ResourceNotFoundError } from '../../../platform/domainErrors.ts'
import { errorIf, type FieldError, fieldError } from '../../../platform/fieldError.ts'
import { UpstreamError } from '../../../platform/upstreamError.ts'
import { idInput, resolveInputProject } from '../../projects/inputIds.ts'
import { CopyFeatureFlagSuccess, type CopyOutcome } from '../CopyFeatureFlagSuccess.ts'
import { type FlagCopyInput, planFlagCopy, targetNotFound } from '../data/copy/planFlagCopy.ts'
import { loadFlag } from '../FeatureFlag.ts'

const maxTargets = 50

const OnExisting = builder.enumType('OnExisting', {
  description: 'What a copy does where the target project has a flag with the same key.',
  values: {
    REFUSE: { description: 'The copy to this project is refused.' },
    REPLACE: {
      description: 'The flag of the project gets the values of the copied one. It keeps its number, its holdout and its experiments.',
    },
  } as const,
})

const CopyDependencies = builder.enumType('CopyDependencies', {
  description: 'What a copy does with flags that the copied one depends on. Flags with their keys in the target project are always used.',
  values: {
    REFUSE: { description: 'The copy is refused where the project lacks one.' },
    COPY: { description: 'The flags that the project lacks are copied as well.' },
  } as const,
})

/** The copy to one project. */
const copyCommand: Command<FlagCopyInput> = defineCommand({
  name: 'copyFeatureFlag',
  plan: (tx, actor, input) => planFlagCopy(tx, actor, input),
})

defineMutation({
  name: 'copyFeatureFlag',
  type: CopyFeatureFlagSuccess,
  scope: 'feature_flag:write',
  description:
    'Copies a flag to other projects of its organization: its conditions, variants, payloads and labels. Each project is a write of its own, ' +
    'which the policies there guard, and which fails by itself: see `CopyResult.refusal`. Cohorts and group types are found by their names. ' +
    'Evaluation contexts are made. Experiments, a holdout, the stamp of a frozen exposure and encrypted payloads are not copied.',
  errors: ['validation', 'invalidState'],
  inputDescription: 'The flag to copy, and where to.',
  input: (t) => ({
    id: idInput(t, 'FeatureFlag', 'The flag'),
    targetProjectIds: t.idList({
      required: true,
      description: 'The projects, by global id or number: 1 to 50 other projects of the same organization. Each at most once.',
    }),
    switchedOff: t.boolean({
      description: 'Whether the copies are off. Default, also for null: false, so that they are on if the flag is on.',
    }),
    onExisting: t.field({
      type: OnExisting,
      description: 'What to do where a project has a flag with the same key. Default, also for null: `REFUSE`.',
    }),
    dependencies: t.field({
      type: CopyDependencies,
      description: 'What to do with flags that the flag depends on. Default, also for null: `REFUSE`.',
    }),
  }),
  each: async (context, { id, targetProjectIds, switchedOff, onExisting, dependencies }, run) => {
    assertValid(validateTargets(targetProjectIds))
    if ((await loadFlag(context, id)) === null) throw new ResourceNotFoundError('Feature flag not found.')
    const options = {
      id,
      switchedOff: switchedOff ?? false,
      onExisting: onExisting ?? 'REFUSE',
      dependencies: dependencies ?? 'REFUSE',
    } as const
    const targets = await Promise.all(targetProjectIds.map((sentId) => findTarget(context, sentId)))
    assertValid(findRepetitions(targets))
    const results: CopyOutcome[] = []
    // One after the other: each is a transaction of its own, and takes the same locks on the copied flag.
    for (const target of targets) results.push(target.refusal === null ? await copyTo(run, target, options) : target)
    return { results }
  },
})

function validateTargets(ids: readonly string[]): FieldError[] {
  return [
    ...errorIf(ids.length === 0, ['targetProjectIds'], 'This list may not be empty.', 'required'),
    ...errorIf(ids.length > maxTargets, ['targetProjectIds'], `Ensure this field has no more than ${maxTargets} elements.`, 'max_length'),
  ]
}

const nothing = { projectId: null, featureFlagId: null, created: null, dependencyIds: [], refusal: null }

/** Finds a project that the viewer sees. Otherwise, the refusal says why not. */
async function findTarget(context: Context, sentId: string): Promise<CopyOutcome> {
  try {
    return { ...nothing, sentId, projectId: await resolveInputProject(context, sentId, targetNotFound) }
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    return { ...nothing, sentId, refusal: error }
  }
}

function findRepetitions(targets: readonly CopyOutcome[]): FieldError[] {
  const ids = targets.map(({ projectId }) => projectId)
  return ids.flatMap((id, index) =>
    id !== null && ids.indexOf(id) < index
      ? [fieldError(['targetProjectIds', String(index)], 'The project is named twice.', 'unique')]
      : [],
  )
}

async function copyTo(run: RunCommand, target: CopyOutcome, options: Omit<FlagCopyInput, 'targetProjectId'>): Promise<CopyOutcome> {
  try {
    const { id, newFlagIds = [], created } = await run(copyCommand, { ...options, targetProjectId: target.projectId ?? 0 })
    return { ...target, featureFlagId: id, created: created ?? null, dependencyIds: newFlagIds }
  } catch (error) {
    // The copies before it are made: their results must not be lost.
    if (error instanceof UpstreamError) return { ...target, refusal: new InvalidStateError(unreachableText, 'UPSTREAM_UNAVAILABLE') }
    if (!(error instanceof DomainError)) throw error
    return { ...target, refusal: error }
  }
}

const unreachableText = 'PostHog cannot be reached, or has a fault. Look whether the flag was copied before you try again.'
