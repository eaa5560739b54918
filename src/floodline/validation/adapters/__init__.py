"""What any protocol adapter must do, as checks that run on a real node."""
