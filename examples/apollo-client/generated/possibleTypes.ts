// Generated from schema.graphql.
export const possibleTypes = {
  "ApprovalOutcome": [
    "VoteRecorded",
    "ChangeApplied",
    "ApplyFailed"
  ],
  "ApproveChangeRequestResult": [
    "InvalidStateError",
    "ChangeRequestStaleError",
    "ChangeRequestExpiredError",
    "AlreadyVotedError",
    "SelfApprovalForbiddenError",
    "NotAnApproverError",
    "PermissionDeniedError",
    "NotFoundError",
    "ApproveChangeRequestSuccess"
  ],
  "ArchiveExperimentResult": [
    "ApprovalRequiredError",
    "ChangeRequestPendingError",
    "PolicyConflictError",
    "InvalidStateError",
    "PermissionDeniedError",
    "NotFoundError",
    "Experiment"
  ],
  "CancelChangeRequestResult": [
    "InvalidStateError",
    "CancelForbiddenError",
    "PermissionDeniedError",
    "NotFoundError",
    "ChangeRequest"
  ],
  "ChangeRequestError": [
    "ApprovalRequiredError",
    "ChangeRequestPendingError"
  ],
  "CopyExperimentToProjectResult": [
    "ApprovalRequiredError",
    "ChangeRequestPendingError",
    "PolicyConflictError",
    "ValidationError",
    "PermissionDeniedError",
    "NotFoundError",
    "Experiment"
  ],
  "CreateApprovalPolicyResult": [
    "ValidationError",
    "PolicyExistsError",
    "PermissionDeniedError",
    "NotFoundError",
    "ApprovalPolicy"
  ],
  "CreateExperimentFromPromptResult": [
    "ApprovalRequiredError",
    "ChangeRequestPendingError",
    "PolicyConflictError",
    "ValidationError",
    "PermissionDeniedError",
    "NotFoundError",
    "Experiment"
  ],
  "CreateExperimentResult": [
    "ApprovalRequiredError",
    "ChangeRequestPendingError",
    "PolicyConflictError",
    "ValidationError",
    "PermissionDeniedError",
    "NotFoundError",
    "Experiment"
  ],
  "CreateFeatureFlagResult": [
    "ApprovalRequiredError",
    "ChangeRequestPendingError",
    "PolicyConflictError",
    "ValidationError",
    "PermissionDeniedError",
    "NotFoundError",
    "FeatureFlag"
  ],
  "DeleteApprovalPolicyResult": [
    "PermissionDeniedError",
    "NotFoundError",
    "DeleteApprovalPolicySuccess"
  ],
  "DuplicateExperimentResult": [
    "ApprovalRequiredError",
    "ChangeRequestPendingError",
    "PolicyConflictError",
    "ValidationError",
    "PermissionDeniedError",
    "NotFoundError",
    "Experiment"
  ],
  "EndExperimentResult": [
    "ValidationError",
    "InvalidStateError",
    "PermissionDeniedError",
    "NotFoundError",
    "Experiment"
  ],
  "Error": [
    "AlreadyVotedError",
    "ApprovalRequiredError",
    "CancelForbiddenError",
    "ChangeRequestExpiredError",
    "ChangeRequestPendingError",
    "ChangeRequestStaleError",
    "InvalidStateError",
    "NotAnApproverError",
    "NotFoundError",
    "PermissionDeniedError",
    "PolicyConflictError",
    "PolicyExistsError",
    "ReasonRequiredError",
    "SelfApprovalForbiddenError",
    "ValidationError"
  ],
  "LaunchExperimentResult": [
    "ApprovalRequiredError",
    "ChangeRequestPendingError",
    "PolicyConflictError",
    "ValidationError",
    "InvalidStateError",
    "PermissionDeniedError",
    "NotFoundError",
    "Experiment"
  ],
  "Node": [
    "ActivityEntry",
    "Approval",
    "ApprovalPolicy",
    "ChangeRequest",
    "Experiment",
    "FeatureFlag",
    "Project",
    "Role",
    "User"
  ],
  "PauseExperimentResult": [
    "ApprovalRequiredError",
    "ChangeRequestPendingError",
    "PolicyConflictError",
    "ValidationError",
    "InvalidStateError",
    "PermissionDeniedError",
    "NotFoundError",
    "Experiment"
  ],
  "RejectChangeRequestResult": [
    "InvalidStateError",
    "ChangeRequestExpiredError",
    "AlreadyVotedError",
    "ReasonRequiredError",
    "SelfApprovalForbiddenError",
    "NotAnApproverError",
    "PermissionDeniedError",
    "NotFoundError",
    "ChangeRequest"
  ],
  "ResetExperimentResult": [
    "InvalidStateError",
    "PermissionDeniedError",
    "NotFoundError",
    "Experiment"
  ],
  "ResumeExperimentResult": [
    "ApprovalRequiredError",
    "ChangeRequestPendingError",
    "PolicyConflictError",
    "ValidationError",
    "InvalidStateError",
    "PermissionDeniedError",
    "NotFoundError",
    "Experiment"
  ],
  "RetryChangeRequestResult": [
    "InvalidStateError",
    "ChangeRequestExpiredError",
    "NotAnApproverError",
    "PermissionDeniedError",
    "NotFoundError",
    "ApproveChangeRequestSuccess"
  ],
  "ShipExperimentVariantResult": [
    "ApprovalRequiredError",
    "ChangeRequestPendingError",
    "PolicyConflictError",
    "ValidationError",
    "InvalidStateError",
    "PermissionDeniedError",
    "NotFoundError",
    "Experiment"
  ],
  "UnarchiveExperimentResult": [
    "InvalidStateError",
    "PermissionDeniedError",
    "NotFoundError",
    "Experiment"
  ],
  "UpdateApprovalPolicyResult": [
    "ValidationError",
    "PermissionDeniedError",
    "NotFoundError",
    "ApprovalPolicy"
  ],
  "UpdateExperimentResult": [
    "ApprovalRequiredError",
    "ChangeRequestPendingError",
    "PolicyConflictError",
    "ValidationError",
    "InvalidStateError",
    "PermissionDeniedError",
    "NotFoundError",
    "Experiment"
  ],
  "UpdateFeatureFlagResult": [
    "ApprovalRequiredError",
    "ChangeRequestPendingError",
    "PolicyConflictError",
    "ValidationError",
    "InvalidStateError",
    "PermissionDeniedError",
    "NotFoundError",
    "FeatureFlag"
  ]
}
