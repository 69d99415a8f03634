"""One Run becomes one Outcome. The only folder that imports keras and tensorflow at module level."""

import os

# Both are read when the libraries are first imported; a user's own choice of log level stands.
os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
