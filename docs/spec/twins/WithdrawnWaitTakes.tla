---- MODULE WithdrawnWaitTakes ----
(* A wait that was withdrawn takes a signal all the same. *)
EXTENDS Flow

LastWaits == {"last"}
RightInside == {"right"}
TwoSignals == {1, 2}

BrokenSignalled(o, n) ==
  CASE Known(o, n) -> o
    [] LeadsBack(o) -> [o EXCEPT !.taken = @ \cup {n}]
    [] NobodyWaits(o) -> [o EXCEPT !.refused = @ \cup {n}]
    [] OTHER -> [o EXCEPT !.kept = @ \cup {n}]
===============================
