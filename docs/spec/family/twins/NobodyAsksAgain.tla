---- MODULE NobodyAsksAgain ----
(* After a fault of the engine a flow goes on without asking its parts. *)
EXTENDS Family

BrokenTakenUp(o) == [o EXCEPT !.faulted = FALSE]
===============================
