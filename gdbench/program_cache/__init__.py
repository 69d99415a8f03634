"""Programs that were compiled in earlier sweeps, kept in the user's cache folder, where TensorFlow reads them."""
