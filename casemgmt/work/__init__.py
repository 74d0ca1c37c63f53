"""Tasks, reminders and the inbox of approvals: what waits for whom, until when, and why."""
