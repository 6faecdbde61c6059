"""The words of the project as frozen, typed data. Knows nothing but the standard library."""
