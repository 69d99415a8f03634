"""What a source prints and claims, as a configuration quotes it."""
