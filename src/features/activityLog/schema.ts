import './activityField.ts'
