------------------------------- MODULE Model -------------------------------
(* The flow that is checked. Its two steps side by side may change places. *)
EXTENDS Flow, TLC

CONSTANTS left, right

Sides == {left, right}

(* For the models in which a step waits, or is carried out inside. *)
LastWaits == {"last"}
RightInside == {"right"}
TwoSignals == {1, 2}

(* For those in which a step is behind a breaker. *)
RightIsHeld == {"right"}

Swapped == Permutations(Pair)
=============================================================================
