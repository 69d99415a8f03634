"""The id of a run, made from what distinguishes it from any other run, and from nothing else."""

import hashlib
import json
from collections.abc import Iterable, Mapping

# Raise it when the engine computes something else from the same sections.
ENGINE_REVISION = 1
_SEED = "seed"


def run_ids(identities: Mapping[str, object], fingerprint: str, seeds: Iterable[int]) -> list[str]:
    """Return the ids of runs that differ in the seed alone.

    An id is the first 12 hexadecimal digits of the SHA-256 of the run's canonical JSON. `identities` maps each section
    to its name, revision and the arguments that differ from their defaults.
    """
    # Without empty sections, so that a section added later leaves the ids of today as they are.
    parts = {section: identity for section, identity in identities.items() if identity}
    parts |= {"data": fingerprint, "engine": ENGINE_REVISION, _SEED: None}
    # The keys are sorted, so what stands before the seed is hashed once for all runs.
    before = _canonical({key: part for key, part in parts.items() if key < _SEED})[:-1]
    after = _canonical({key: part for key, part in parts.items() if key > _SEED})[1:]
    rest = f",{after}" if after != "}" else after
    digest = hashlib.sha256(f'{before},"{_SEED}":'.encode())
    ids = []
    for seed in seeds:
        own = digest.copy()
        own.update(f"{seed}{rest}".encode())
        ids.append(own.hexdigest()[:12])
    return ids


def _canonical(parts: Mapping[str, object]) -> str:
    return json.dumps(parts, sort_keys=True, separators=(",", ":"), allow_nan=False)
