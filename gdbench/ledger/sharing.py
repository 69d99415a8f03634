"""What many lines of a ledger repeat, kept once: settings, environments, and when runs were evaluated."""

from collections.abc import Mapping

import msgspec

from gdbench.ledger.history import Curve, curves
from gdbench.records import Settings

_SETTINGS = msgspec.json.Decoder(dict[str, object])
# Where none repeats, keeping their texts would take more memory than it saves.
_MOST = 20_000


class Shared:
    """The values of texts that were read before: of one text there is one object.

    By the text and not by the value, since 1, 1.0 and true are equal.
    """

    def __init__(self) -> None:
        """Start without any."""
        self._settings: dict[bytes, Settings] = {}
        self._moments: dict[bytes, Mapping[str, Curve]] = {}

    def settings(self, text: msgspec.Raw) -> Settings:
        """Return the settings of a section, or an environment.

        Raises:
            msgspec.MsgspecError: the text holds something else.
        """
        # The text is a view of its line, which would be kept with it.
        key = bytes(text)
        known = self._settings.get(key)
        if known is None:
            known = _SETTINGS.decode(key)
            if len(self._settings) < _MOST:
                self._settings[key] = known
        return known

    def moments(self, text: bytes) -> Mapping[str, Curve]:
        """Return the epochs and updates of a history.

        Raises:
            ValueError: the text holds something else.
        """
        known = self._moments.get(text)
        if known is None:
            known = curves(text)
            if len(self._moments) < _MOST:
                self._moments[text] = known
        return known
