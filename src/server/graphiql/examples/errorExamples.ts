import { type Example, requestId } from './example.ts'

const openRequests = `# First: what waits for a decision? Copy an id into the variables.
query OpenRequests($projectId: ID!) {
  changeRequests(projectId: $projectId, states: [PENDING], first: 10) {
    nodes {
      id
      description
    }
  }
}
`

/** A policy that no other example uses. It does not bind the owner, unless the example is about the owner's own requests. */
function createPolicy(operation: string, actionKey: string, settings: string): string {
  return `# First: a policy. If it is there already, go on.
mutation ${operation}($projectId: ID!) {
  createApprovalPolicy(
    input: {
      projectId: $projectId
      actionKey: ${actionKey}
      ${settings}
    }
  ) {
    __typename
    ... on Error {
      message
    }
  }
}
`
}

const twoApprovals = 'quorum: 2\n      approverUserIds: [1, 2]\n      bypassMembershipLevels: [OWNER]'

/** A mutation that is answered with an error of this type, and perhaps fields of its own. */
const mutation = (signature: string, field: string, more = '') => `mutation ${signature} {
  ${field} {
    __typename
    ... on Error {
      code
      message
    }${more}
  }
}
`

const withRequest = `
    ... on ApprovalRequiredError {
      changeRequest {
        id
        description
      }
    }`

/** One example for each error type that the demo data can provoke. */
export const errorExamples: readonly Example[] = [
  {
    title: 'ValidationError',
    steps: [{ operation: 'WrongKey', answers: 'ValidationError' }],
    query: `# The error names each wrong field by its path.
${mutation(
  'WrongKey($projectId: ID!, $key: String!)',
  'createFeatureFlag(input: { projectId: $projectId, key: $key })',
  `
    ... on ValidationError {
      fieldErrors {
        path
        message
      }
    }`,
)}`,
    variables: { projectId: '1', key: 'no spaces, please' },
  },
  {
    title: 'NotFoundError',
    steps: [{ operation: 'Missing', answers: 'NotFoundError' }],
    query: `# The same answer as for a flag that you may not see.
${mutation('Missing($id: ID!)', 'updateFeatureFlag(input: { id: $id, name: "New name" })')}`,
    variables: { id: '999999' },
  },
  {
    title: 'PermissionDeniedError',
    steps: [{ operation: 'NotAllowed', as: 'member', answers: 'PermissionDeniedError' }],
    query: `# With the member's key: only admins and owners make policies.
${createPolicy('NotAllowed', 'EXPERIMENT_LAUNCH', 'quorum: 1\n      approverUserIds: [1]').replace(/^.*\n/, '')}`,
    variables: { projectId: '1' },
  },
  {
    title: 'InvalidStateError',
    steps: [{ operation: 'EndDraft', answers: 'InvalidStateError' }],
    query: `# A draft cannot be ended.
${mutation('EndDraft($id: ID!)', 'endExperiment(input: { id: $id })')}`,
    variables: { id: '8' },
  },
  {
    title: 'InvalidStateError of an outdated version',
    steps: [{ operation: 'Outdated', answers: 'InvalidStateError' }],
    query: `# Somebody else changed the flag since you read it: its version
# is not the one that you name.
${mutation('Outdated($id: ID!, $version: Int!)', 'updateFeatureFlag(input: { id: $id, version: $version, name: "New name" })')}`,
    variables: { id: '13', version: 999 },
  },
  {
    title: 'InUseError',
    steps: [{ operation: 'DeleteUsed', answers: 'InUseError' }],
    query: `# Another flag depends on this one.
${mutation('DeleteUsed($id: ID!)', 'deleteFeatureFlag(input: { id: $id })')}`,
    variables: { id: '17' },
  },
  {
    title: 'LaunchBlockedError',
    steps: [{ operation: 'LaunchUnready', answers: 'LaunchBlockedError' }],
    query: `# "requireChecks" refuses a launch that would not measure anything.
# The error lists the checks that failed.
${mutation('LaunchUnready($id: ID!)', 'launchExperiment(input: { id: $id, requireChecks: true })')}`,
    variables: { id: '8' },
  },
  {
    title: 'ApprovalRequiredError',
    steps: [{ operation: 'NeedsApproval', as: 'member', answers: 'ApprovalRequiredError' }],
    query: `# With the member's key: a policy of the demo data guards pauses.
# The change is not made, but requested.
${mutation('NeedsApproval($id: ID!)', 'pauseExperiment(input: { id: $id })', withRequest)}`,
    variables: { id: '2' },
  },
  {
    title: 'ChangeRequestPendingError',
    steps: [{ operation: 'AskAgain', as: 'member', answers: 'ChangeRequestPendingError' }],
    query: `# With the member's key: the same change waits for approval already.
${mutation('AskAgain($id: ID!)', 'pauseExperiment(input: { id: $id })')}`,
    variables: { id: '9' },
  },
  {
    title: 'PolicyExistsError',
    steps: [{ operation: 'SecondPolicy', answers: 'PolicyExistsError' }],
    query: `# The demo data has a policy for this action.
${createPolicy('SecondPolicy', 'EXPERIMENT_PAUSE', 'quorum: 1\n      approverUserIds: [1]').replace(/^.*\n/, '')}`,
    variables: { projectId: '1' },
  },
  {
    title: 'ReasonRequiredError',
    steps: [{ operation: 'OpenRequests' }, { operation: 'RejectWithoutReason', answers: 'ReasonRequiredError' }],
    query: `${openRequests}
# Then: whoever rejects a request says why.
${mutation('RejectWithoutReason($request: ID!)', 'rejectChangeRequest(input: { id: $request, reason: "" })')}`,
    variables: { projectId: '1', request: requestId },
  },
  {
    title: 'CancelForbiddenError',
    steps: [{ operation: 'OpenRequests' }, { operation: 'CancelOfAnother', answers: 'CancelForbiddenError' }],
    query: `${openRequests}
# Then: only its requester can cancel it.
${mutation('CancelOfAnother($request: ID!)', 'cancelChangeRequest(input: { id: $request })')}`,
    variables: { projectId: '1', request: requestId },
  },
  {
    title: 'PolicyConflictError',
    steps: [
      { operation: 'GuardDisabling' },
      { operation: 'GuardUpdates' },
      { operation: 'ChangeBoth', as: 'member', answers: 'PolicyConflictError' },
    ],
    query: `${createPolicy('GuardDisabling', 'FEATURE_FLAG_DISABLE', 'quorum: 1\n      approverUserIds: [1]\n      bypassMembershipLevels: [OWNER]')}
${createPolicy('GuardUpdates', 'FEATURE_FLAG_UPDATE', twoApprovals)}
# Then, with the member's key: one call that two policies guard.
${mutation('ChangeBoth($id: ID!)', 'updateFeatureFlag(input: { id: $id, active: false, rolloutPercentage: 10 })')}`,
    variables: { projectId: '1', id: '1' },
  },
  {
    title: 'AlreadyVotedError',
    steps: [
      { operation: 'TwoApprovals' },
      { operation: 'Request', as: 'member', answers: 'ApprovalRequiredError' },
      { operation: 'Vote', answers: 'ApproveChangeRequestSuccess' },
      { operation: 'Vote', answers: 'AlreadyVotedError' },
    ],
    query: `${createPolicy('TwoApprovals', 'FEATURE_FLAG_UPDATE', twoApprovals)}
# Then, with the member's key. Copy the id into the variables.
${mutation('Request($id: ID!)', 'updateFeatureFlag(input: { id: $id, rolloutPercentage: 10 })', withRequest)}
# Run this twice.
${mutation('Vote($request: ID!)', 'approveChangeRequest(input: { id: $request })')}`,
    variables: { projectId: '1', id: '19', request: requestId },
  },
  {
    title: 'SelfApprovalForbiddenError and NotAnApproverError',
    steps: [
      { operation: 'GuardDeletion' },
      { operation: 'RequestAsOwner', answers: 'ApprovalRequiredError' },
      { operation: 'Approve', answers: 'SelfApprovalForbiddenError' },
      { operation: 'Approve', as: 'member', answers: 'NotAnApproverError' },
    ],
    query: `${createPolicy('GuardDeletion', 'FEATURE_FLAG_DELETE', 'quorum: 1\n      approverUserIds: [1, 2]')}
# Then: the policy binds the owner too. Copy the id into the variables.
${mutation('RequestAsOwner($id: ID!)', 'deleteFeatureFlag(input: { id: $id })', withRequest)}
# Run this with your own key, and then with the member's.
${mutation('Approve($request: ID!)', 'approveChangeRequest(input: { id: $request })')}`,
    variables: { projectId: '1', id: '8', request: requestId },
  },
  {
    title: 'ChangeRequestExpiredError',
    steps: [
      { operation: 'ExpireSoon' },
      { operation: 'RequestUpdate', as: 'member', answers: 'ApprovalRequiredError' },
      { operation: 'ApproveLate', answers: 'ChangeRequestExpiredError' },
    ],
    query: `${createPolicy(
      'ExpireSoon',
      'EXPERIMENT_UPDATE',
      'quorum: 1\n      approverUserIds: [1]\n      bypassMembershipLevels: [OWNER]\n      expiresAfterSeconds: 1',
    )}
# Then, with the member's key: the flag of a running experiment.
# Copy the id into the variables.
${mutation('RequestUpdate($id: ID!)', 'updateFeatureFlag(input: { id: $id, rolloutPercentage: 10 })', withRequest)}
# Then: a second later, the request has expired.
${mutation('ApproveLate($request: ID!)', 'approveChangeRequest(input: { id: $request })')}`,
    variables: { projectId: '1', id: '4', request: requestId },
  },
  {
    title: 'ChangeRequestStaleError',
    steps: [
      { operation: 'GuardUpdates' },
      { operation: 'RequestRollout', as: 'member', answers: 'ApprovalRequiredError' },
      { operation: 'RollOut', answers: 'FeatureFlag' },
      { operation: 'ApproveStale', answers: 'ChangeRequestStaleError' },
    ],
    query: `${createPolicy('GuardUpdates', 'FEATURE_FLAG_UPDATE', twoApprovals)}
# Then, with the member's key. Copy the id into the variables.
${mutation('RequestRollout($id: ID!)', 'updateFeatureFlag(input: { id: $id, rolloutPercentage: 10 })', withRequest)}
# Then: the owner sets another value without asking.
${mutation('RollOut($id: ID!)', 'updateFeatureFlag(input: { id: $id, rolloutPercentage: 20 })')}
# Then: what the request would set has changed meanwhile.
${mutation('ApproveStale($request: ID!)', 'approveChangeRequest(input: { id: $request })')}`,
    variables: { projectId: '1', id: '13', request: requestId },
  },
]
