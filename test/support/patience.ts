/** How long `vi.waitFor` waits for what is sure to come. The second that it waits by itself is too short on a busy machine. */
export const patience = { timeout: 20_000, interval: 10 }
