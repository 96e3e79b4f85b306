import { type Example, requestId } from './example.ts'

export const approvalExamples: readonly Example[] = [
  {
    title: 'Approve a change, from policy to change',
    steps: [
      { operation: 'Policies' },
      { operation: 'Pause', as: 'member', answers: 'ApprovalRequiredError' },
      { operation: 'OpenRequests' },
      { operation: 'Approve', answers: 'ApproveChangeRequestSuccess' },
    ],
    query: `# Run the four operations one after the other: click into one,
# and press Ctrl-Enter.

# 1. Which changes need approval, and by whom?
query Policies($projectId: ID!) {
  approvalPolicies(projectId: $projectId, first: 10) {
    nodes {
      actionKey
      quorum
      bypassMembershipLevels
    }
  }
}

# 2. With the member's key: pauses nothing yet, and creates a
# change request.
mutation Pause($experiment: ID!) {
  pauseExperiment(input: { id: $experiment }) {
    __typename
    ... on ApprovalRequiredError {
      changeRequest {
        id
        description
      }
    }
    ... on Error {
      message
    }
  }
}

# 3. What waits for a decision? Copy the id of the request into
# the variables.
query OpenRequests($projectId: ID!) {
  changeRequests(projectId: $projectId, states: [PENDING], first: 10) {
    nodes {
      id
      description
      requestedBy {
        email
      }
      viewerCanApprove
    }
  }
}

# 4. This vote reaches the quorum, so the change is made.
mutation Approve($request: ID!) {
  approveChangeRequest(input: { id: $request, reason: "Looks right" }) {
    __typename
    ... on ApproveChangeRequestSuccess {
      outcome {
        __typename
      }
      changeRequest {
        id
        state
      }
    }
    ... on Error {
      message
    }
  }
}
`,
    variables: { projectId: '1', experiment: '6', request: requestId },
  },
]
