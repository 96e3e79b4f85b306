import './activityField.ts'
import './queries/activity.ts'
import './organizationActivity.ts'
