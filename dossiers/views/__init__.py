"""Pages of dossiers: each asks the door for plain values and hands them to a template."""
