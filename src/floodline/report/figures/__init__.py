"""The figures, a module for each thing that one may want to see."""
