/** What stands in place of a secret payload. The text comes from the reference. */
export const encryptedPlaceholder = '********* (encrypted)'
