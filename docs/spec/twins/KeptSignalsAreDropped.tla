---- MODULE KeptSignalsAreDropped ----
(* What no step will take any more is forgotten. *)
EXTENDS Flow

LastWaits == {"last"}
RightInside == {"right"}
TwoSignals == {1, 2}

BrokenRefuseObsolete(o) == IF NobodyWaits(o) THEN [o EXCEPT !.kept = {}] ELSE o
===============================
