/** The address of the demo project's owner. The import finds its default organization by it. */
export const demoEmail = 'demo@example.com'
