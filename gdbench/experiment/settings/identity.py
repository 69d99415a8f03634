"""The id of a run, made from what distinguishes it from any other run, and from nothing else."""

import hashlib
import json
from collections.abc import Mapping

# Raise it when the engine computes something else from the same sections.
ENGINE_REVISION = 1


def run_id(identities: Mapping[str, object], fingerprint: str, seed: int) -> str:
    """Return the first 12 hexadecimal digits of the SHA-256 of a run's canonical JSON.

    `identities` maps each section to its name, revision and the arguments that differ from their defaults.
    """
    # Without empty sections, so that a section added later leaves the ids of today as they are.
    parts = {section: identity for section, identity in identities.items() if identity}
    parts |= {"data": fingerprint, "engine": ENGINE_REVISION, "seed": seed}
    canonical = json.dumps(parts, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(canonical.encode()).hexdigest()[:12]
