"""The environment variables that would change how the libraries compute, and that training therefore unsets."""

# Instruction sets, fusions and precision follow these; each library's own defaults are what numbers are made with.
_PREFIXES = ("XLA_", "TF_", "TF2_", "KERAS_", "ONEDNN_", "DNNL_", "MKL_", "OPENBLAS_", "NPY_")
# A user's own choice of log level stands, of threads (the trainer sets TensorFlow's) and of where Keras keeps files;
# the last two are Terraform's.
_KEPT = ("TF_CPP_", "KERAS_HOME", "TF_CLI_", "TF_VAR_")
_THREADS = "_NUM_THREADS"


def is_unset(name: str) -> bool:
    """Whether training unsets a variable."""
    return name.startswith(_PREFIXES) and not name.startswith(_KEPT) and not sets_threads(name)


def sets_threads(name: str) -> bool:
    """Whether a variable sets the threads of a library, which training leaves to the user."""
    return name.endswith(_THREADS)
