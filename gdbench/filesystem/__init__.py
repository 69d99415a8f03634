"""Reading and writing files whole, and never through a link."""
