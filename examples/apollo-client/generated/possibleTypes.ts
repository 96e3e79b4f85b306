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
    "ValidationError",
    "LinkedReadOnlyError",
    "VersionConflictError",
    "PermissionDeniedError",
    "NotFoundError",
    "ApproveChangeRequestSuccess"
  ],
  "ArchiveExperimentResult": [
    "ApprovalRequiredError",
    "ChangeRequestPendingError",
    "PolicyConflictError",
    "InvalidStateError",
    "ValidationError",
    "LinkedReadOnlyError",
    "VersionConflictError",
    "PermissionDeniedError",
    "NotFoundError",
    "Experiment"
  ],
  "ArchiveFeatureFlagResult": [
    "ApprovalRequiredError",
    "ChangeRequestPendingError",
    "PolicyConflictError",
    "ValidationError",
    "InvalidStateError",
    "InUseError",
    "LinkedReadOnlyError",
    "VersionConflictError",
    "PermissionDeniedError",
    "NotFoundError",
    "FeatureFlag"
  ],
  "CancelChangeRequestResult": [
    "InvalidStateError",
    "CancelForbiddenError",
    "ValidationError",
    "LinkedReadOnlyError",
    "VersionConflictError",
    "PermissionDeniedError",
    "NotFoundError",
    "ChangeRequest"
  ],
  "ChangeRequestError": [
    "ApprovalRequiredError",
    "ChangeRequestPendingError"
  ],
  "ChangeRequestResource": [
    "FeatureFlag",
    "Experiment",
    "Holdout"
  ],
  "CopyExperimentToProjectResult": [
    "ApprovalRequiredError",
    "ChangeRequestPendingError",
    "PolicyConflictError",
    "ValidationError",
    "InvalidStateError",
    "LinkedReadOnlyError",
    "VersionConflictError",
    "PermissionDeniedError",
    "NotFoundError",
    "Experiment"
  ],
  "CopyFeatureFlagResult": [
    "ValidationError",
    "InvalidStateError",
    "LinkedReadOnlyError",
    "VersionConflictError",
    "PermissionDeniedError",
    "NotFoundError",
    "CopyFeatureFlagSuccess"
  ],
  "CreateApprovalPolicyResult": [
    "ValidationError",
    "PolicyExistsError",
    "InvalidStateError",
    "LinkedReadOnlyError",
    "VersionConflictError",
    "PermissionDeniedError",
    "NotFoundError",
    "ApprovalPolicy"
  ],
  "CreateExperimentFromPromptResult": [
    "ApprovalRequiredError",
    "ChangeRequestPendingError",
    "PolicyConflictError",
    "ValidationError",
    "InvalidStateError",
    "LinkedReadOnlyError",
    "VersionConflictError",
    "PermissionDeniedError",
    "NotFoundError",
    "Experiment"
  ],
  "CreateExperimentResult": [
    "ApprovalRequiredError",
    "ChangeRequestPendingError",
    "PolicyConflictError",
    "ValidationError",
    "InvalidStateError",
    "LinkedReadOnlyError",
    "VersionConflictError",
    "PermissionDeniedError",
    "NotFoundError",
    "Experiment"
  ],
  "CreateFeatureFlagResult": [
    "ApprovalRequiredError",
    "ChangeRequestPendingError",
    "PolicyConflictError",
    "ValidationError",
    "InvalidStateError",
    "LinkedReadOnlyError",
    "VersionConflictError",
    "PermissionDeniedError",
    "NotFoundError",
    "FeatureFlag"
  ],
  "CreateHoldoutResult": [
    "ValidationError",
    "InvalidStateError",
    "LinkedReadOnlyError",
    "VersionConflictError",
    "PermissionDeniedError",
    "NotFoundError",
    "Holdout"
  ],
  "CreateSavedMetricResult": [
    "ValidationError",
    "InvalidStateError",
    "LinkedReadOnlyError",
    "VersionConflictError",
    "PermissionDeniedError",
    "NotFoundError",
    "SavedMetric"
  ],
  "DeleteApprovalPolicyResult": [
    "ValidationError",
    "InvalidStateError",
    "LinkedReadOnlyError",
    "VersionConflictError",
    "PermissionDeniedError",
    "NotFoundError",
    "DeleteApprovalPolicySuccess"
  ],
  "DeleteFeatureFlagResult": [
    "ApprovalRequiredError",
    "ChangeRequestPendingError",
    "PolicyConflictError",
    "ValidationError",
    "InvalidStateError",
    "InUseError",
    "LinkedReadOnlyError",
    "VersionConflictError",
    "PermissionDeniedError",
    "NotFoundError",
    "FeatureFlag"
  ],
  "DeleteHoldoutResult": [
    "ApprovalRequiredError",
    "ChangeRequestPendingError",
    "PolicyConflictError",
    "ValidationError",
    "InvalidStateError",
    "InUseError",
    "LinkedReadOnlyError",
    "VersionConflictError",
    "PermissionDeniedError",
    "NotFoundError",
    "DeleteSuccess"
  ],
  "DeleteSavedMetricResult": [
    "ValidationError",
    "InvalidStateError",
    "InUseError",
    "LinkedReadOnlyError",
    "VersionConflictError",
    "PermissionDeniedError",
    "NotFoundError",
    "DeleteSuccess"
  ],
  "DuplicateExperimentResult": [
    "ApprovalRequiredError",
    "ChangeRequestPendingError",
    "PolicyConflictError",
    "ValidationError",
    "InvalidStateError",
    "LinkedReadOnlyError",
    "VersionConflictError",
    "PermissionDeniedError",
    "NotFoundError",
    "Experiment"
  ],
  "EndExperimentResult": [
    "ValidationError",
    "InvalidStateError",
    "LinkedReadOnlyError",
    "VersionConflictError",
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
    "InUseError",
    "InvalidStateError",
    "LaunchBlockedError",
    "LinkedReadOnlyError",
    "NotAnApproverError",
    "NotFoundError",
    "PermissionDeniedError",
    "PolicyConflictError",
    "PolicyExistsError",
    "ReasonRequiredError",
    "SelfApprovalForbiddenError",
    "ValidationError",
    "VersionConflictError"
  ],
  "ExperimentMetric": [
    "MeanMetric",
    "FunnelMetric",
    "RatioMetric",
    "RetentionMetric",
    "OpaqueMetric"
  ],
  "FreezeExposureResult": [
    "ApprovalRequiredError",
    "ChangeRequestPendingError",
    "PolicyConflictError",
    "ValidationError",
    "InvalidStateError",
    "LinkedReadOnlyError",
    "VersionConflictError",
    "PermissionDeniedError",
    "NotFoundError",
    "Experiment"
  ],
  "LaunchExperimentResult": [
    "ApprovalRequiredError",
    "ChangeRequestPendingError",
    "PolicyConflictError",
    "ValidationError",
    "InvalidStateError",
    "LaunchBlockedError",
    "LinkedReadOnlyError",
    "VersionConflictError",
    "PermissionDeniedError",
    "NotFoundError",
    "Experiment"
  ],
  "LinkProjectResult": [
    "ValidationError",
    "InvalidStateError",
    "PermissionDeniedError",
    "NotFoundError",
    "LinkProjectSuccess"
  ],
  "LinkSavedMetricResult": [
    "ValidationError",
    "InvalidStateError",
    "LinkedReadOnlyError",
    "VersionConflictError",
    "PermissionDeniedError",
    "NotFoundError",
    "Experiment"
  ],
  "Metric": [
    "FunnelMetric",
    "MeanMetric",
    "RatioMetric",
    "RetentionMetric"
  ],
  "Node": [
    "Action",
    "ActivityEntry",
    "Approval",
    "ApprovalPolicy",
    "ChangeRequest",
    "Cohort",
    "EvaluationContext",
    "Experiment",
    "FeatureFlag",
    "Holdout",
    "Organization",
    "OrganizationMember",
    "ProductTour",
    "Project",
    "ProjectLink",
    "Prompt",
    "PromptVersion",
    "Role",
    "SavedMetric",
    "Survey",
    "User"
  ],
  "PauseExperimentResult": [
    "ApprovalRequiredError",
    "ChangeRequestPendingError",
    "PolicyConflictError",
    "ValidationError",
    "InvalidStateError",
    "LinkedReadOnlyError",
    "VersionConflictError",
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
    "ValidationError",
    "LinkedReadOnlyError",
    "VersionConflictError",
    "PermissionDeniedError",
    "NotFoundError",
    "ChangeRequest"
  ],
  "RemoveUpstreamKeyResult": [
    "PermissionDeniedError",
    "NotFoundError",
    "Project"
  ],
  "ResetExperimentResult": [
    "ApprovalRequiredError",
    "ChangeRequestPendingError",
    "PolicyConflictError",
    "InvalidStateError",
    "ValidationError",
    "LinkedReadOnlyError",
    "VersionConflictError",
    "PermissionDeniedError",
    "NotFoundError",
    "Experiment"
  ],
  "RestoreFeatureFlagResult": [
    "ApprovalRequiredError",
    "ChangeRequestPendingError",
    "PolicyConflictError",
    "ValidationError",
    "InvalidStateError",
    "LinkedReadOnlyError",
    "VersionConflictError",
    "PermissionDeniedError",
    "NotFoundError",
    "FeatureFlag"
  ],
  "ResumeExperimentResult": [
    "ApprovalRequiredError",
    "ChangeRequestPendingError",
    "PolicyConflictError",
    "ValidationError",
    "InvalidStateError",
    "LinkedReadOnlyError",
    "VersionConflictError",
    "PermissionDeniedError",
    "NotFoundError",
    "Experiment"
  ],
  "ResyncProjectResult": [
    "PermissionDeniedError",
    "NotFoundError",
    "Project"
  ],
  "RetryChangeRequestResult": [
    "InvalidStateError",
    "ChangeRequestExpiredError",
    "NotAnApproverError",
    "ValidationError",
    "LinkedReadOnlyError",
    "VersionConflictError",
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
    "LinkedReadOnlyError",
    "VersionConflictError",
    "PermissionDeniedError",
    "NotFoundError",
    "Experiment"
  ],
  "StoreUpstreamKeyResult": [
    "ValidationError",
    "InvalidStateError",
    "PermissionDeniedError",
    "NotFoundError",
    "Project"
  ],
  "UnarchiveExperimentResult": [
    "InvalidStateError",
    "ValidationError",
    "LinkedReadOnlyError",
    "VersionConflictError",
    "PermissionDeniedError",
    "NotFoundError",
    "Experiment"
  ],
  "UnarchiveFeatureFlagResult": [
    "ValidationError",
    "InvalidStateError",
    "LinkedReadOnlyError",
    "VersionConflictError",
    "PermissionDeniedError",
    "NotFoundError",
    "FeatureFlag"
  ],
  "UnfreezeExposureResult": [
    "ApprovalRequiredError",
    "ChangeRequestPendingError",
    "PolicyConflictError",
    "ValidationError",
    "InvalidStateError",
    "LinkedReadOnlyError",
    "VersionConflictError",
    "PermissionDeniedError",
    "NotFoundError",
    "Experiment"
  ],
  "UnlinkProjectResult": [
    "PermissionDeniedError",
    "NotFoundError",
    "Project"
  ],
  "UnlinkSavedMetricResult": [
    "ValidationError",
    "InvalidStateError",
    "LinkedReadOnlyError",
    "VersionConflictError",
    "PermissionDeniedError",
    "NotFoundError",
    "Experiment"
  ],
  "UpdateApprovalPolicyResult": [
    "ValidationError",
    "InvalidStateError",
    "LinkedReadOnlyError",
    "VersionConflictError",
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
    "LinkedReadOnlyError",
    "VersionConflictError",
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
    "LinkedReadOnlyError",
    "VersionConflictError",
    "PermissionDeniedError",
    "NotFoundError",
    "FeatureFlag"
  ],
  "UpdateHoldoutResult": [
    "ApprovalRequiredError",
    "ChangeRequestPendingError",
    "PolicyConflictError",
    "ValidationError",
    "InvalidStateError",
    "LinkedReadOnlyError",
    "VersionConflictError",
    "PermissionDeniedError",
    "NotFoundError",
    "Holdout"
  ],
  "UpdateProjectLinkResult": [
    "ValidationError",
    "InvalidStateError",
    "PermissionDeniedError",
    "NotFoundError",
    "Project"
  ],
  "UpdateProjectSettingsResult": [
    "ValidationError",
    "InvalidStateError",
    "LinkedReadOnlyError",
    "VersionConflictError",
    "PermissionDeniedError",
    "NotFoundError",
    "Project"
  ],
  "UpdateSavedMetricResult": [
    "ValidationError",
    "InvalidStateError",
    "LinkedReadOnlyError",
    "VersionConflictError",
    "PermissionDeniedError",
    "NotFoundError",
    "SavedMetric"
  ]
}
