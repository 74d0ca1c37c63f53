"""Clock, database backend, current organisation, jobs, mail outbox, failpoints, registries."""
