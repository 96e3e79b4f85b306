import { afterAll } from 'vitest'
import { cleanUp } from './cleanUp.ts'

// Vitest runs this before each test file.
afterAll(cleanUp)
