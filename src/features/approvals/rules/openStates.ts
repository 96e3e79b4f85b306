/** The states in which a request blocks others for the same action on the same flag. */
export const openStates = ['PENDING', 'APPROVED'] as const
