"""In which order runs are trained, by name; a run queue says what each means."""

from typing import Literal, get_args

Order = Literal["seeds", "longest"]
ORDERS: tuple[Order, ...] = get_args(Order)
