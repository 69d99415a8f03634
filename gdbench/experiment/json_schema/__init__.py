"""A JSON Schema of configurations for editors, made from the models that check them."""
