"""What gdbench has written itself is read fast, as any other reader would read it."""

import pytest
import yaml

from gdbench.experiment.yaml.generated_yaml import load

POINTS = """points:
- labels:
  - '0.1'
  runs:
{}  images:
    train: {}
    val: 0
    test: 10000
{}- labels: [a]
  runs:
  - 0123456789ab
"""


@pytest.mark.parametrize(
    "runs",
    [
        ["ab0123456789", "5591185176fe"],
        ["'374172942298'", "5591185176be"],
        # Numbers, to a reader of YAML 1.1, beside ids that are none.
        ["ab0123456789", "374172942298"],
        ["ab0123456789", "0b1010101010"],
        ["ab0123456789", "012345678912", "ab0123456780"],
        ["AB0123456789", "ab012345678", "", "[ab0123456789]", "- ab0123456789"],
    ],
)
def test_ids_of_runs_are_read_as_they_stand(runs):
    text = POINTS.format("".join(f"  - {run}\n" for run in runs), 60000, "")
    assert load(text) == yaml.safe_load(text)


@pytest.mark.parametrize("train", ["0", "60000", "0o12", "012", "1.0", "'1'", "-1", "null"])
@pytest.mark.parametrize("more", ["", "    seen: 5\n", "  # a comment\n"])
def test_counts_of_images_are_read_as_they_stand(train, more):
    text = POINTS.format("  - ab0123456789\n", train, more)
    assert load(text) == yaml.safe_load(text)


@pytest.mark.parametrize(
    "title", ["runs:\n- 0123456789ab\n", "a\n  runs:\n  - 0123456789ab\nb", "x: !joined-runs 'a b'", "runs: - ab " * 40]
)
def test_texts_that_look_like_points_stay_texts(title):
    document = {"title": title, "points": [{"runs": ["0123456789ab"], "images": {"train": 1, "val": 0, "test": 2}}]}
    assert load(yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=120)) == document


def test_a_tag_that_somebody_wrote_is_refused():
    with pytest.raises(ValueError, match="not YAML"):
        load("runs: !joined-runs 'a b'\n")
