"""One run or many: folders, manifests, and what is kept of a failure."""
