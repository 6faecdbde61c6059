"""From results to the state of items and the verdict on a target."""
