"""The command line: verbs, progress and summaries; what the verbs do lives on the floors below."""
