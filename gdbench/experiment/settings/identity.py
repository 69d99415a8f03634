"""The id of a run: what tells it from any other, and nothing else."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

# Raise it when the engine computes something else from the same sections.
ENGINE_REVISION = 1


def run_id(identities: Mapping[str, Any], fingerprint: str, seed: int) -> str:
    """Return the first 12 hexadecimal digits of the SHA-256 of a run's canonical JSON.

    `identities` maps each section to its name, revision and the arguments that differ from their defaults; empty
    sections are left out.
    """
    parts = {section: identity for section, identity in identities.items() if identity}
    parts |= {"data": fingerprint, "engine": ENGINE_REVISION, "seed": seed}
    canonical = json.dumps(parts, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(canonical.encode()).hexdigest()[:12]
