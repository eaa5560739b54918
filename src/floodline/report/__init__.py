"""Charts and pages made from tables; knows nothing of how they were made."""
