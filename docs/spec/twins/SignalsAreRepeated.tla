---- MODULE SignalsAreRepeated ----
(* A signal that is delivered again is a new one. *)
EXTENDS Flow

LastWaits == {"last"}
RightInside == {"right"}
TwoSignals == {1, 2}

BrokenKnown(o, n) == n \in o.kept
===============================
