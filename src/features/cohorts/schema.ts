import './Cohort.ts'
import './queries/cohorts.ts'
