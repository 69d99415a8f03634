"""Rules that hold for every entry of every family."""

import inspect
import re
from typing import Any

import pytest

from gdbench.catalog import FAMILIES
from gdbench.catalog.describe import rule
from gdbench.catalog.entry import Entry
from gdbench.catalog.family import Family
from gdbench.catalog.optimizers import STEPS
from gdbench.experiment.settings.resolve import component
from gdbench.experiment.yaml.document import Node, parse
from gdbench.experiment.yaml.mistakes import Mistakes

ENTRIES = [
    pytest.param(family, name, id=f"{noun}-{name}") for noun, family in FAMILIES.items() for name in family.entries
]
# Entries that stand for a class or function of keras.
KERAS = [
    pytest.param(noun, name, id=f"{noun}-{name}")
    for noun in ("activation", "initializer", "regularizer", "constraint")
    for name in FAMILIES[noun].entries
]


def entry_of(family: Family[object], name: str) -> Entry[object]:
    return family.entries[name]


@pytest.mark.parametrize(("family", "name"), ENTRIES)
def test_the_name_is_snake_case_or_keras_and_the_function_s_own(family: Family[object], name: str):
    assert re.fullmatch("([A-Z][A-Za-z0-9]*)" if family.noun == "layer" else "[a-z][a-z0-9]*(_[a-z0-9]+)*", name)
    assert entry_of(family, name).function.__name__ == name


@pytest.mark.parametrize(("family", "name"), ENTRIES)
def test_there_is_a_summary_of_one_line(family: Family[object], name: str):
    assert 3 <= len(entry_of(family, name).summary) <= 110


@pytest.mark.parametrize(("family", "name"), ENTRIES)
def test_every_argument_has_a_snake_case_name_a_description_and_a_rule(family: Family[object], name: str):
    for argument, field in family.model(name).model_fields.items():
        assert re.fullmatch("[a-z][a-z0-9]*(_[a-z0-9]+)*", argument)
        assert field.description, argument
        assert rule(field), argument


@pytest.mark.parametrize(("family", "name"), ENTRIES)
def test_defaults_pass_their_own_checks(family: Family[object], name: str):
    mistakes = Mistakes()
    for argument, field in family.model(name).model_fields.items():
        if field.is_required():
            continue
        bare = component(family.noun, as_file(name), "it", mistakes.of_parts())
        assert bare is not None
        given = component(family.noun, as_file(name, argument, bare.values[argument]), "it", mistakes.of_parts())
        assert given == bare
    assert mistakes.lines() == []


def as_file(name: str, *argument: Any) -> Node:
    """The component as a file would name it, perhaps with one argument."""
    given = f", {argument[0]}: {spelled(argument[1])}" if argument else ""
    return parse(f"{{name: {name}{given}}}", "file", Mistakes())


def spelled(value: Any) -> str:
    """Spell a value in YAML."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {spelled(child)}" for key, child in value.items()) + "}"
    # In braces a comma would end the value.
    if value == ",":
        return '","'
    if isinstance(value, list):
        return "[" + ", ".join(map(spelled, value)) + "]"
    return "null" if value is None else str(value).lower()


@pytest.mark.usefixtures("trainer")
@pytest.mark.parametrize(("family", "name"), ENTRIES)
def test_the_family_s_options_come_before_the_entry_s_own_arguments(family: Family[object], name: str):
    entry = entry_of(family, name)
    options = list((entry.options or family.options).model_fields)
    own = [each for each in inspect.signature(entry.function).parameters if each not in options]
    assert list(family.model(name).model_fields) == [*options, *own]


@pytest.mark.usefixtures("trainer")
@pytest.mark.parametrize(("noun", "name"), KERAS)
def test_defaults_are_those_of_keras(noun: str, name: str):
    import keras

    module = getattr(keras, f"{noun}s")
    theirs = getattr(module, name)
    signature = inspect.signature(theirs).parameters
    ours = inspect.signature(FAMILIES[noun].entries[name].function).parameters
    assert {key: p.default for key, p in ours.items()} == {key: signature[key].default for key in ours}


# What Keras takes and a file does not: see the docstrings of the family and of muon.
LEFT_OUT = {"name", "loss_scale_factor", "gradient_accumulation_steps", "exclude_layers", "kwargs"}


@pytest.mark.usefixtures("trainer")
@pytest.mark.parametrize("name", STEPS)
def test_an_optimizer_takes_keras_own_arguments_with_their_defaults(name: str):
    import keras

    signature = inspect.signature(class_of(keras.optimizers, name)).parameters
    fields = FAMILIES["optimizer"].model(name).model_fields
    defaults = {key: None if field.default == "off" else field.default for key, field in fields.items()}
    assert defaults == {key: p.default for key, p in signature.items() if key not in LEFT_OUT}


@pytest.mark.usefixtures("trainer")
@pytest.mark.parametrize("name", STEPS)
def test_an_optimizer_is_built_with_its_arguments(name: str):
    import keras

    given = {key: another(value) for key, value in defaults_of("optimizer", name).items()}
    built = FAMILIES["optimizer"].build({"name": name, **given})
    assert isinstance(built, class_of(keras.optimizers, name))
    config = built.get_config()
    assert {key: config[key] for key in given} == pytest.approx(given)


def another(value: Any) -> Any:
    """A value in range that is not the default."""
    if isinstance(value, bool):
        return not value
    return value + 1 if isinstance(value, int) else value * 0.75 or 0.25


@pytest.mark.usefixtures("trainer")
@pytest.mark.parametrize("name", FAMILIES["activation"].entries)
def test_an_activation_computes_what_keras_does(name: str):
    import keras

    arguments = {
        key: 1.5 if value is inspect.Parameter.empty else value
        for key, value in defaults_of("activation", name).items()
    }
    ours = FAMILIES["activation"].build({"name": name, **arguments})
    x = keras.ops.convert_to_tensor([[-2.0, -0.5, 0.0, 3.0]])
    theirs = getattr(keras.activations, name)(x, **arguments)
    assert (keras.ops.convert_to_numpy(ours(x)) == keras.ops.convert_to_numpy(theirs)).all()


@pytest.mark.usefixtures("trainer")
@pytest.mark.parametrize(
    ("name", "arguments", "outputs"),
    [
        ("relu", {"negative_slope": 0.5, "max_value": 2.0, "threshold": 0.0}, [-1.0, 0.0, 2.0]),
        ("leaky_relu", {"negative_slope": 0.1}, [-0.2, 0.0, 3.0]),
        ("hard_shrink", {"threshold": 2.5}, [0.0, 0.0, 3.0]),
        ("threshold", {"threshold": 1.0, "default_value": 7.0}, [7.0, 7.0, 3.0]),
    ],
)
def test_an_activation_heeds_its_arguments(name: str, arguments: dict[str, float], outputs: list[float]):
    import keras

    ours = FAMILIES["activation"].build({"name": name, **arguments})
    assert keras.ops.convert_to_numpy(ours(keras.ops.convert_to_tensor([-2.0, 0.0, 3.0]))) == pytest.approx(outputs)


@pytest.mark.usefixtures("trainer")
@pytest.mark.parametrize("name", FAMILIES["initializer"].entries)
def test_an_initializer_makes_keras_own_weights_from_a_seed(name: str):
    import keras

    maker = FAMILIES["initializer"].build({"name": name, **defaults_of("initializer", name)})
    theirs = getattr(keras.initializers, name)
    seeded = theirs(seed=7) if "seed" in inspect.signature(theirs).parameters else theirs()
    assert isinstance(maker(7), theirs)
    assert (keras.ops.convert_to_numpy(maker(7)((3, 4))) == keras.ops.convert_to_numpy(seeded((3, 4)))).all()


def class_of(module: Any, name: str) -> Any:
    """`he_normal` is the class HeNormal, `adamw` AdamW."""
    wanted = name.replace("_", "")
    return next(each for key, each in vars(module).items() if key.lower() == wanted and inspect.isclass(each))


def defaults_of(noun: str, name: str) -> dict[str, Any]:
    return {key: p.default for key, p in inspect.signature(FAMILIES[noun].entries[name].function).parameters.items()}
