"""One Run becomes one Outcome. The only folder that imports keras and tensorflow at module level."""

import os

# All are read when the libraries are first imported; a user's own choice of log level stands. What is measured and
# bit-identical is the processor, so no other device is looked for.
os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
