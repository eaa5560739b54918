"""What people look at: figures and pages, computed from a run's tables alone."""
