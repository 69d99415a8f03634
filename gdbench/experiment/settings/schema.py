"""The sections that are not catalog entries: training and regularization."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal, get_args

from pydantic import AfterValidator, Field

from gdbench.catalog.describe import model_of
from gdbench.catalog.entry import INPUT, Component, Count, NotNegative, OfFamily, Options, Positive, Share
from gdbench.catalog.optimizers.options import unless_off

# The metrics of every evaluation but that of the test images: a run that stops on those has tuned its length on them.
# Written out, since a Literal cannot be computed; a test compares it with the metrics.
Watched = Annotated[
    Literal[
        "val_loss",
        "val_accuracy",
        "val_error",
        "train_loss",
        "train_accuracy",
        "train_error",
        "train_eval_loss",
        "train_eval_accuracy",
        "train_eval_error",
    ],
    Field(description="metric that is watched"),
]


# What can be recorded of each layer, in the order in which records hold it.
Quantity = Literal["gradient_norm", "update_ratio", "weight_norm"]
QUANTITIES: tuple[Quantity, ...] = get_args(Quantity)


def _in_order(chosen: list[Quantity]) -> list[Quantity]:
    """Return each quantity once and in one order, so that how a file lists them makes no other run."""
    return [quantity for quantity in QUANTITIES if quantity in chosen]


class EarlyStopping(Options):
    """Stops when a metric has not improved for a while."""

    metric: Watched = "val_loss"
    patience: Annotated[Count, Field(description="evaluations without improvement")]
    min_delta: Annotated[NotNegative, Field(description="smallest change that counts as improvement")] = 0.0


class StopAt(Options):
    """Stops when a metric has reached a value."""

    metric: Watched
    value: Annotated[
        float, Field(description="reached by a loss or error at or below it, by an accuracy at or above it; a fraction")
    ]


class Training(Options):
    """How long, in which batches and on which loss a model is trained, and when it is evaluated."""

    epochs: Annotated[Count, Field(description="passes over the training examples")] = 5
    steps: Annotated[Count | None, Field(description="updates, in place of epochs")] = None
    batch_size: Annotated[Count | Literal["full"], Field(description="examples per update; 'full' takes all")] = 32
    drop_remainder: Annotated[bool, Field(description="leave out the last batch of an epoch where it is smaller")] = (
        False
    )
    loss: Annotated[Component, OfFamily("loss"), Field(description="what is minimized")] = "cross_entropy"
    schedule: Annotated[Component, OfFamily("schedule"), Field(description="learning rate of each update")] = "constant"
    evaluate_every: Annotated[float, Field(ge=0.001, description="epochs between evaluations; 0.1 is ten an epoch")] = (
        1.0
    )
    evaluate_train: Annotated[bool, Field(description="evaluate on the training examples too")] = False
    evaluate_test: Annotated[
        bool, Field(description="evaluate on the test examples; false: on validation examples alone")
    ] = True
    record_every: Annotated[Count | Literal["off"], Field(description="keep the loss of every k-th update")] = "off"
    record: Annotated[
        Annotated[list[Quantity], AfterValidator(_in_order)] | Literal["off"],
        Field(description="keep these for each layer too, at the same updates"),
    ] = "off"
    save: Annotated[
        Literal["last", "best", "off"],
        Field(description="save the Keras model after the last epoch, or at the best val_accuracy"),
    ] = "off"
    class_weight: Annotated[
        list[NotNegative] | Literal["balanced", "off"],
        Field(description="a factor per class for the losses of its examples; 'balanced' compensates for rare classes"),
    ] = "off"
    early_stopping: Annotated[
        EarlyStopping | Literal["off"], Field(description="stop when a metric no longer improves")
    ] = "off"
    stop_at: Annotated[StopAt | Literal["off"], Field(description="stop at a target")] = "off"
    threads: Annotated[Count, Field(description="threads per operation; more than one is rarely faster")] = 1
    compile: Annotated[Literal["auto", "xla", "graph", "eager"], Field(description="how TensorFlow runs the epoch")] = (
        "auto"
    )

    def batch_size_for(self, images: int) -> int:
        """Return the size of a batch, given the number of training images."""
        return images if self.batch_size == "full" else self.batch_size

    def updates_for(self, updates_per_epoch: int) -> int:
        """Return the number of updates of a run that no rule stops early."""
        # None stands for a length in epochs.
        return self.steps or self.epochs * updates_per_epoch

    @property
    def loss_interval(self) -> int | None:
        """The number of updates between recorded training losses; None if none is recorded."""
        return unless_off(self.record_every)

    @property
    def recorded(self) -> tuple[Quantity, ...]:
        """The quantities that are kept of each layer at the recorded updates."""
        return tuple(unless_off(self.record) or ())

    @property
    def stopping_rules(self) -> dict[str, EarlyStopping | StopAt]:
        """The rules that may stop the run early, by option."""
        rules = {"early_stopping": unless_off(self.early_stopping), "stop_at": unless_off(self.stop_at)}
        return {option: rule for option, rule in rules.items() if rule is not None}


class Dropout(Options):
    """Shares of units dropped in training."""

    # What a bare number stands for, here and in every class with this attribute.
    shorthand: ClassVar[str] = "hidden"

    input: Annotated[Share, Field(description="share of the inputs dropped"), INPUT] = 0.0
    hidden: Annotated[Share, Field(description="share dropped after each hidden activation"), INPUT] = 0.0


class GaussianNoise(Options):
    """Standard deviations of the normal noise added in training."""

    shorthand: ClassVar[str] = "input"

    input: Annotated[NotNegative, Field(description="added to the inputs, in units of the scaled inputs"), INPUT] = 0.0
    hidden: Annotated[NotNegative, Field(description="added after each hidden activation"), INPUT] = 0.0


class BatchNorm(Options):
    """Batch normalization (Ioffe and Szegedy 2015)."""

    momentum: Annotated[float, Field(ge=0, le=1, description="of the running mean and variance")] = 0.99
    epsilon: Annotated[Positive, Field(description="added to the variance")] = 0.001


NoiseOption = Literal["gaussian_noise", "dropout"]


class Regularization(Options):
    """Measures against overfitting."""

    l1: Annotated[NotNegative, Field(description="l1 * sum |w| over all kernels is added to the loss"), INPUT] = 0.0
    l2: Annotated[NotNegative, Field(description="l2 * sum w^2 over all kernels is added to the loss"), INPUT] = 0.0
    dropout: Annotated[
        Share | Dropout, Field(description="share of units dropped in training (Srivastava et al. 2014)")
    ] = 0.0
    gaussian_noise: Annotated[
        NotNegative | GaussianNoise, Field(description="standard deviation of the noise added in training")
    ] = 0.0
    batch_norm: Annotated[
        bool | BatchNorm, Field(description="normalize before each hidden activation, in recurrent layers after it")
    ] = False
    max_norm: Annotated[
        Positive | Literal["off"], Field(description="largest norm of a hidden unit's incoming weights")
    ] = "off"

    def strength(self, option: NoiseOption, part: Literal["input", "hidden"]) -> float:
        """Return the share dropped, or the deviation of the noise, on the pixels or after each hidden activation."""
        # A bare number has become a mapping when the run was resolved.
        parts: Dropout | GaussianNoise = getattr(self, option)
        return parts.input if part == "input" else parts.hidden

    @property
    def batch_norm_options(self) -> BatchNorm | None:
        """The options of batch normalization; None if it is not asked for."""
        # `true` has become the options and their defaults when the run was resolved.
        return self.batch_norm if isinstance(self.batch_norm, BatchNorm) else None

    @property
    def norm_limit(self) -> float | None:
        """The largest norm of a hidden unit's incoming weights; None if there is no limit."""
        return unless_off(self.max_norm)

    @property
    def options_in_use(self) -> tuple[str, ...]:
        """The options that do something."""
        return tuple(option for option, value in self if _is_in_use(value))


def _is_in_use(value: object) -> bool:
    """Whether a regularizer acts; one with arguments of its own does if any of them is not zero."""
    if isinstance(value, Options):
        return any(argument for _, argument in value)
    return value not in (0.0, False, "off")


SECTION_MODELS: Mapping[str, type[Options]] = {"training": Training, "regularization": Regularization}
SHORTHANDS = {
    name: str(getattr(model, "shorthand"))  # noqa: B009
    for name, field in Regularization.model_fields.items()
    if (model := model_of(field)) and hasattr(model, "shorthand")
}
"""The argument that a bare number stands for, by option."""
