------------------------------- MODULE Model -------------------------------
(* The flow that is checked. Its two steps side by side may change places. *)
EXTENDS Flow, TLC

CONSTANTS left, right

Sides == {left, right}
Swapped == Permutations(Pair)
=============================================================================
