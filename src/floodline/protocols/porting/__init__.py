"""What any adapter of contracts that others wrote needs, whichever protocol they are."""
