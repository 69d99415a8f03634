"""Methods that minimize one compiled function of all weights, in place of steps along a batch's gradient."""
