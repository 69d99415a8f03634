"""The environment variables that would change how the libraries compute, and that training therefore unsets."""

# Instruction sets, fusions and precision follow these; each library's own defaults are what numbers are made with.
_PREFIXES = ("XLA_", "TF_", "TF2_", "KERAS_", "ONEDNN_", "DNNL_", "MKL_", "OPENBLAS_", "NPY_")
# A user's own choice of log level stands, and of where Keras keeps files; the last two are Terraform's.
_KEPT = ("TF_CPP_", "KERAS_HOME", "TF_CLI_", "TF_VAR_")


def is_unset(name: str) -> bool:
    """Whether training unsets a variable; it limits the threads of the libraries itself, whatever theirs say."""
    return name.startswith(_PREFIXES) and not name.startswith(_KEPT) and not name.endswith("_NUM_THREADS")
