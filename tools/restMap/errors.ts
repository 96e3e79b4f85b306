import type { Section } from './mapping.ts'

export const errors: Section = {
  title: 'Errors',
  intro:
    'Mutations return errors as members of their union. Queries, and requests without a valid key or scope, have them in `errors`, with a code in `extensions`.',
  tables: [
    {
      kind: 'calls',
      rows: [
        ['detail', 'Error.message', 'Of every error type.'],
        ['code', 'Error.code FieldError.code', '`extensions.code` in `errors`.'],
        ['attr', 'FieldError.path', 'Every wrong field is named, not only the first one. In `errors`: `extensions.argument`.'],
        ['400 validation_error', 'ValidationError.fieldErrors', 'Of a query: `BAD_USER_INPUT`.'],
        [
          '400 without attr',
          'InvalidStateError.state InUseError.usedBy',
          'The life cycle is in the wrong state, or something uses the object.',
        ],
        ['401', '', '`UNAUTHENTICATED` in `errors`.'],
        ['402', '', 'There are no paid features.'],
        ['403 permission_denied', 'PermissionDeniedError.message', 'A missing scope is `FORBIDDEN` in `errors`, with `requiredScope`.'],
        ['404 not_found', 'NotFoundError.message', 'Of a query: `NOT_FOUND`.'],
        [
          '409 conflict',
          'InvalidStateError.state VersionConflictError.expectedVersion VersionConflictError.currentVersion',
          'A `VersionConflictError` comes from a linked PostHog.',
        ],
        ['409 approval_required', 'ApprovalRequiredError.changeRequest'],
        ['409 change_request_pending', 'ChangeRequestPendingError.changeRequest'],
        ['429 throttled', '', '`RATE_LIMITED` in `errors`, with `retryAfter` in seconds.'],
        ['503 database_unavailable', '', '`SERVICE_UNAVAILABLE` in `errors`, with `retryAfter` in seconds.'],
        ['500', '', '`INTERNAL_SERVER_ERROR` in `errors`. Nothing was written, with one exception: see [errors](api.md#errors).'],
      ],
    },
  ],
}
