"""Letters: their wording, their PDF, made apart from everything else, and where they lie."""
